"""Files as values: a data URI carries its content, a stored file and a web address are fetched when they are read."""

import base64
import binascii
import codecs
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from blocks.base import BlockError
from blocks.limits import MAX_OUTPUT_BYTES
from blocks.ports import Ports

_WEB = ("http://", "https://")
# The original platform writes workspace://<id>#<content type>.
_STORED = "workspace://"
_STORED_FILE = re.compile(r"workspace://([0-9a-f-]{36})(#.*)?", re.IGNORECASE)
# What people mean as the place of a file, and what would be taken for its content.
_OTHER_PLACE = re.compile(r"[a-z][a-z0-9+.-]{1,19}://\S*$|(/|[A-Za-z]:\\)[^\s]+$", re.IGNORECASE)
_DEFAULT_TYPE = "text/plain"
# Python also calls things like "punycode" a charset; decoding those can take quadratic time.
_TEXT_CHARSETS = ("utf", "iso8859", "ascii", "cp", "gb", "big5", "shift", "euc", "koi8", "mac")


@dataclass(frozen=True)
class Media:
    """The content of a file and what it says of itself."""

    content: bytes
    content_type: str = _DEFAULT_TYPE
    charset: str = ""
    name: str = ""

    def text(self) -> str:
        """The content as text. Raises `BlockError` when it is not text."""
        charset = self.charset or _charset_of_mark(self.content)
        try:
            is_text_charset = codecs.lookup(charset).name.startswith(_TEXT_CHARSETS)
            text = self.content.decode(charset) if is_text_charset else None
        except (ValueError, LookupError):
            text = None
        if text is None:
            raise BlockError(f"The file is not text in {charset.removesuffix('-sig').upper()[:60]}")
        return text


def stored(content: str, content_type: str, name: str, ports: Ports) -> str:
    """The reference to a new stored file; its content is given in base64, as jobs in the sandbox make it."""
    return ports.files.write(name, base64.b64decode(content), content_type=content_type)


def base64_of(value: str, ports: Ports) -> str:
    """The content of a file, as jobs in the sandbox take it."""
    return base64.b64encode(read_media(value, ports).content).decode()


def is_reference(value: str) -> bool:
    """Whether the text stands for a file."""
    return value[:12].lower().startswith(("data:", _STORED, *_WEB))


def read_media(value: str, ports: Ports) -> Media:
    """The file behind a data URI, a stored file or a web address; other text is its own content."""
    scheme = value[:12].lower()
    if scheme == _STORED:
        return _from_store(value, ports)
    if scheme.startswith("data:"):
        return _from_data_uri(value)
    if scheme.startswith(_WEB):
        return _from_web(value, ports)
    if _OTHER_PLACE.match(value):
        raise BlockError(
            f'Files cannot be read from "{value[:60]}": give a stored file, a data URI or a web address'
        )
    return Media(content=value.encode(errors="replace"), charset="utf-8")


def _from_data_uri(uri: str) -> Media:
    header, comma, body = uri[len("data:") :].partition(",")
    if not comma:
        raise BlockError("The data URI has no comma before its content")
    content_type, *parameters = [part.strip() for part in header.split(";")]
    content = _decode_base64(body) if "base64" in parameters else unquote_to_bytes(body)
    return Media(content, content_type.lower() or _DEFAULT_TYPE, _charset_in(parameters))


def _decode_base64(body: str) -> bytes:
    raw = unquote_to_bytes(body).translate(None, b" \t\r\n")
    try:
        return base64.b64decode(raw, validate=True)
    except binascii.Error:
        raise BlockError("The data URI is not valid base64") from None


def _from_store(value: str, ports: Ports) -> Media:
    reference = _STORED_FILE.fullmatch(value)
    if not reference:
        raise BlockError(f'"{value[:80]}" does not name a stored file', code="file_missing")
    file = ports.files.read(reference[1])
    if len(file.content) > MAX_OUTPUT_BYTES:
        raise BlockError("The file is larger than 10 MB", code="output_too_large")
    return Media(file.content, file.content_type, name=file.name)


def _from_web(url: str, ports: Ports) -> Media:
    reply = ports.http.request("GET", url)
    if reply.status // 100 != 2:
        raise BlockError(f"The file could not be fetched: the server answered {reply.status}")
    if len(reply.body) > MAX_OUTPUT_BYTES:
        raise BlockError("The file is larger than 10 MB", code="output_too_large")
    content_type, *parameters = reply.headers.get("content-type", _DEFAULT_TYPE).split(";")
    return Media(reply.body, content_type.strip().lower(), _charset_in(parameters))


def _charset_in(parameters: list[str]) -> str:
    for parameter in parameters:
        key, _, value = parameter.strip().partition("=")
        # A mark at the start of the content is more exact than "utf-8" in the header.
        if key.lower() == "charset" and value.strip('"').lower() not in ("utf-8", "utf8"):
            return value.strip('"')
    return ""


def _charset_of_mark(content: bytes) -> str:
    return "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
