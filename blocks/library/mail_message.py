"""E-mails: made from their parts, and taken apart, of senders that are not trusted."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from typing import Any

from blocks.base import BlockError
from blocks.library.media import Media
from blocks.values import preview

MAX_PARTS = 200

# Enough to keep an address out of other headers and commands; the server knows the rest.
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f-\uffff]+@[A-Za-z0-9.-]+")
_NAMED = re.compile(r"\s*(?P<name>[^<>\x00-\x1f]*)<(?P<address>[^<>]*)>\s*")


@dataclass(frozen=True)
class Letter:
    """What somebody wants to send."""

    sender: str
    to: Sequence[str]
    subject: str
    body: str
    cc: Sequence[str] = ()
    reply_to: str = ""
    is_html: bool = False
    attachments: Sequence[Media] = ()


def addresses_in(text: str) -> list[str]:
    """The addresses of a list with commas. Raises `BlockError` for what is none."""
    return [_checked(each.strip()) for each in text.split(",") if each.strip()]


def address_of(text: str) -> str:
    """The address alone: ada@example.com of Ada <ada@example.com>."""
    named = _NAMED.fullmatch(text)
    return (named["address"] if named else text).strip()


def _checked(text: str) -> str:
    if not _ADDRESS.fullmatch(address_of(text)):
        raise BlockError(f"{preview(text)} is not an e-mail address", code="bad_address")
    return text


def compose(letter: Letter, *, message_id: str, now: datetime) -> bytes:
    """The mail as it is sent."""
    message = EmailMessage(policy=policy.SMTP)
    headers = {
        "From": letter.sender,
        "To": ", ".join(letter.to),
        "Cc": ", ".join(letter.cc),
        "Reply-To": letter.reply_to,
        "Subject": " ".join(letter.subject.split()),
    }
    for name, value in headers.items():
        if value:
            message[name] = value
    message["Date"] = now
    message["Message-ID"] = message_id
    body = letter.body.encode(errors="replace").decode()
    message.set_content(body, subtype="html" if letter.is_html else "plain")
    for number, file in enumerate(letter.attachments, start=1):
        main, _, sub = file.content_type.partition("/")
        message.add_attachment(
            file.content,
            maintype=main or "application",
            subtype=sub or "octet-stream",
            filename=_clean(file.name) or f"file-{number}",
        )
    return bytes(message)


def taken_apart(content: bytes) -> tuple[dict[str, Any], list[Media]]:
    """What a mail says, and the files that came with it."""
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(content)
        parts = list(_parts(message))
    except RecursionError:
        raise BlockError("The mail is nested too deeply") from None
    facts = {
        "from": header(message, "From"),
        "to": header(message, "To"),
        "cc": header(message, "Cc"),
        "subject": header(message, "Subject"),
        "date": _date(header(message, "Date")),
        "message_id": header(message, "Message-ID"),
        "text": _first(parts, "text/plain"),
        "html": _first(parts, "text/html"),
    }
    return facts, [_file(part) for part in parts if _is_file(part)]


def header(message: Message, name: str) -> str:
    """A header as text, whatever is in it."""
    raw = str(message.get(name, ""))
    try:
        words = decode_header(raw)
    except (HeaderParseError, ValueError):
        return _clean(raw)
    return _clean(
        "".join(
            _decoded(word, charset or "") if isinstance(word, bytes) else word
            for word, charset in words
        )
    )


def _parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            raise BlockError(f"The mail has more than {MAX_PARTS} parts")
        if not part.is_multipart():
            yield part


def _first(parts: Sequence[Message], content_type: str) -> str:
    for part in parts:
        if part.get_content_type() == content_type and not _is_file(part):
            return _decoded(_bytes_of(part), str(part.get_content_charset() or ""))
    return ""


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _file(part: Message) -> Media:
    name = _clean(str(part.get_filename() or ""))
    return Media(_bytes_of(part), part.get_content_type(), name=name or "attachment")


def _bytes_of(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decoded(content: bytes, charset: str) -> str:
    try:
        return Media(content, charset=charset).text()
    except BlockError:
        return content.decode("utf-8", errors="replace")


def _clean(text: str) -> str:
    """One line, with whole characters only."""
    return " ".join(text.encode(errors="replace").decode().replace("\0", "").split())


def _date(text: str) -> str:
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, OverflowError):
        return ""
