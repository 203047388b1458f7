"""Names and content types that strangers give to files, made harmless. They are for people; nothing is opened by them."""

import mimetypes
import re
import unicodedata

_LONGEST = 150  # characters
_LONGEST_BYTES = 240  # of what file systems take
_DEFAULT_NAME = "file"
_DEFAULT_TYPE = "application/octet-stream"
_CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,48}/[a-z0-9][a-z0-9!#$&^_.+-]{0,48}")


def clean_name(given: str) -> str:
    """The last part of a path, without control and invisible characters, and not too long."""
    last = re.split(r"[/\\]", given)[-1]
    visible = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    name = unicodedata.normalize("NFC", visible).strip(" .")[:_LONGEST]
    shortened = name.encode()[:_LONGEST_BYTES].decode(errors="ignore")
    return shortened.strip(" .") or _DEFAULT_NAME


def clean_type(given: str, name: str) -> str:
    """The content type that is given, else what the name suggests."""
    bare = given.partition(";")[0].strip().lower()
    if _CONTENT_TYPE.fullmatch(bare):
        return bare
    return mimetypes.guess_type(name)[0] or _DEFAULT_TYPE
