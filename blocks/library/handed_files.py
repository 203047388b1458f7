"""Files for the sandbox: what code may read, under paths that are made here."""

import base64
import mimetypes
import re
from collections.abc import Container, Sequence
from itertools import count
from pathlib import PurePosixPath

from blocks.base import BlockError
from blocks.library.media import Media, read_media
from blocks.limits import MAX_OUTPUT_BYTES
from blocks.ports import Ports

FOLDER = "/files/"
MAX_FILES = 20
_LONGEST = 100  # characters
# What is left has no way out of the folder, and needs no care in code.
_HARMFUL = re.compile(r"[^\w. -]+")


def handed(values: Sequence[str], ports: Ports) -> dict[str, str]:
    """Contents in base64, by path. Raises `BlockError` for a file that is not there, or too much together."""
    files: dict[str, str] = {}
    size = 0
    for number, value in enumerate(values, start=1):
        media = read_media(value, ports)
        size += len(media.content)
        if size > MAX_OUTPUT_BYTES:
            raise BlockError("The files are larger than 10 MB together", code="resource_limit")
        files[_path(media, number, files)] = base64.b64encode(media.content).decode()
    return files


def _path(media: Media, number: int, taken: Container[str]) -> str:
    """The name of the file, else one by its number and type; a number behind it where two have the same."""
    usual = f"file-{number}{mimetypes.guess_extension(media.content_type) or ''}"
    wanted = PurePosixPath(_HARMFUL.sub("_", media.name).strip(" .")[-_LONGEST:] or usual)
    names = (f"{wanted.stem}-{again}{wanted.suffix}" for again in count(2))
    path = f"{FOLDER}{wanted}"
    while path in taken:
        path = f"{FOLDER}{next(names)}"
    return path
