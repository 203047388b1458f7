"""Forms with files, as browsers send them."""

import mimetypes
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from blocks.base import BlockError
from blocks.library.media import Media


@dataclass(frozen=True)
class Part:
    """One field of a form: a text or a file."""

    name: str
    value: str | Media

    def encoded(self, number: int) -> bytes:
        """The field with its own headers; files have no name, so they are numbered."""
        if not self.name.isprintable() or '"' in self.name:
            raise BlockError("The name of a form field may not have quotes or control characters")
        disposition = f'Content-Disposition: form-data; name="{self.name}"'
        if isinstance(self.value, str):
            return f"{disposition}\r\n\r\n{self.value}".encode(errors="replace")
        extension = mimetypes.guess_extension(self.value.content_type) or ".bin"
        headers = (
            f'{disposition}; filename="file{number}{extension}"\r\n'
            f"Content-Type: {_printable(self.value.content_type)}\r\n\r\n"
        )
        return headers.encode() + self.value.content


def encode(parts: Sequence[Part]) -> tuple[bytes, str]:
    """The form as bytes, and its content type."""
    boundary = secrets.token_hex(16)
    lines = [
        f"--{boundary}\r\n".encode() + part.encoded(number)
        for number, part in enumerate(parts, start=1)
    ]
    content = b"\r\n".join([*lines, f"--{boundary}--\r\n".encode()])
    return content, f"multipart/form-data; boundary={boundary}"


def _printable(content_type: str) -> str:
    return content_type if content_type.isprintable() else "application/octet-stream"
