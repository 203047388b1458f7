"""Documents as text: plain, Markdown, PDF, and web pages with their headings marked as in Markdown."""

import re
from base64 import b64encode

from blocks.base import BlockError
from blocks.library.html import text_of_page
from blocks.library.media import Media
from blocks.ports import Sandbox

MAX_CHARACTERS = 1_000_000

_SECONDS = 60.0  # for a PDF

_PAGE = re.compile(r"\s*(<\?xml[^>]{0,200}>\s*)?<(!doctype html|html|head|body)\b", re.IGNORECASE)
_HEADING = re.compile(r"<h([1-6])(?:\s[^<>]{0,500})?>", re.IGNORECASE)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# How formats begin that are not text: (first bytes, what it is, what to do).
_FORMATS = (
    (b"PK\x03\x04", "a ZIP archive, or made by an office program", "save it as text or HTML"),
    (b"\xd0\xcf\x11\xe0", "made by an office program", "save it as text or HTML"),
    (b"{\\rtf", "in Rich Text Format", "save it as text or HTML"),
)


def text_of(media: Media, sandbox: Sandbox) -> str:
    """The text of a document. Raises `BlockError` (`document_unreadable` for other formats)."""
    if media.content.startswith(b"%PDF-"):
        return _text_of_pdf(media.content, sandbox)
    for beginning, kind, advice in _FORMATS:
        if media.content.startswith(beginning):
            raise unreadable(f"The document is {kind}, which cannot be read: {advice}")
    if b"\0" in media.content and not media.content.startswith(_UTF16):
        raise unreadable("The document is not text: it has bytes in it that no text has")
    text = media.text()
    if media.content_type in {"text/html", "application/xhtml+xml"} or _PAGE.match(text):
        text = text_of_page(_HEADING.sub(_marked, text))
    return text


def _text_of_pdf(content: bytes, sandbox: Sandbox) -> str:
    arguments = {"content": b64encode(content).decode(), "password": "", "first": 1, "last": 0}
    found = sandbox.call(
        "blocks.sandbox.jobs.pdf:read", arguments, subject="The PDF", seconds=_SECONDS
    )
    return "\n\n".join(found["pages"])


def tidied(text: str) -> str:
    """The text without what cannot be stored. Raises `BlockError` when it is too long."""
    if len(text) > MAX_CHARACTERS:
        raise BlockError(
            f"A document may have {MAX_CHARACTERS:,} characters; cut it into several",
            code="document_too_large",
        )
    return text.replace("\0", "").encode(errors="replace").decode()


def unreadable(message: str) -> BlockError:
    """Why there is no text in a document."""
    return BlockError(message, code="document_unreadable")


def _marked(tag: re.Match[str]) -> str:
    return f"{tag[0]}{'#' * int(tag[1])} "
