"""Mailboxes over IMAP: searching, fetching and marking, of a server that is not trusted."""

import base64
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from blocks.adapters.sockets import LimitedReader
from blocks.base import BlockError
from blocks.ports import FoundMail, MailQuery

MAX_FETCHED_BYTES = 20_000_000  # of one visit

FLAGS = {
    "seen": r"(\Seen)",
    "flagged": r"(\Flagged)",
    "answered": r"(\Answered)",
    "deleted": r"(\Deleted)",
}

_MAX_LINE = 1_000_000  # the ids of a very large folder
_MAX_REASON = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,12})\b")
_SEEN = re.compile(rb"\\Seen\b", re.IGNORECASE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NOT_PLAIN = re.compile(r"[^\x20-\x7e]+")


class Mailbox(imaplib.IMAP4):
    """Speaks IMAP over a connection that is there already, and reads no more than is sensible."""

    def __init__(self, host: str, connection: socket.socket) -> None:
        self._given = connection
        with _failures():
            super().__init__(host)

    def _use(self, connection: socket.socket) -> None:
        self.sock = connection
        self._reader = LimitedReader(connection.makefile("rb"), MAX_FETCHED_BYTES)

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        """Take the connection."""
        self.host, self.port = host, port
        self._use(self._given)

    def read(self, size: int) -> bytes:
        """As many bytes."""
        return self._reader.read(size)

    def readline(self) -> bytes:
        """The next line."""
        line = self._reader.readline(_MAX_LINE + 1)
        if len(line) > _MAX_LINE:
            raise self.abort("the line is too long")
        return line

    def shutdown(self) -> None:
        """Hang up."""
        self._reader.close()
        self.sock.close()

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Encrypt from here on; what the server has said before that is forgotten."""
        with _failures():
            _check(*self.xatom("STARTTLS"))
        self._reader.close()
        self._use(context.wrap_socket(self.sock, server_hostname=self.host))

    def enter(self, user: str, password: str) -> None:
        """Log in. Raises `BlockError`."""
        is_plain = (user + password).isascii() and not _CONTROL.search(user + password)
        try:
            if is_plain:
                self.login(user, password)
            else:  # the form that takes any character
                self.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        except self.abort:
            raise _broken_off() from None
        except self.error as error:
            raise BlockError(
                "The mail server refused the user or the password.", code="mail_auth"
            ) from error

    def leave(self) -> None:
        """Say goodbye; everything is done, whatever the server answers."""
        try:
            self.logout()
        except (imaplib.IMAP4.error, OSError, BlockError):
            return

    def open_folder(self, name: str, *, is_read_only: bool) -> None:
        """Choose the folder to work in."""
        if not name or _CONTROL.search(name):
            raise BlockError("This cannot be the name of a folder.", code="bad_folder")
        with _failures():
            _check(*self.select(_quoted(encoded_folder(name)), readonly=is_read_only))

    def matching(self, query: MailQuery) -> list[int]:
        """The ids of what fits, newest first."""
        # imaplib sends one text that is not ASCII, at the end of the command.
        *criteria, last = sorted(_criteria(query), key=lambda pair: not pair[1].isascii())
        words = [word for name, text in criteria for word in (name, _quoted(text)) if word]
        with _failures():
            if last[1].isascii():
                answer = self.uid("SEARCH", *words, last[0], _quoted(last[1]))
            else:
                self.literal = last[1].encode()  # type: ignore[assignment]  # it is sent as bytes
                answer = self.uid("SEARCH", "CHARSET", "UTF-8", *words, last[0])
            data = _check(*answer)
        found = [int(word) for line in data if isinstance(line, bytes) for word in line.split()]
        return sorted(found, reverse=True)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """How many bytes these mails have; those that are gone are left out."""
        if not uids:
            return {}
        with _failures():
            data = _check(*self.uid("FETCH", _set_of(uids), "(UID RFC822.SIZE)"))
        lines = [line for line in data if isinstance(line, bytes)]
        found = [(_UID.search(line), _SIZE.search(line)) for line in lines]
        return {int(uid[1]): int(size[1]) for uid, size in found if uid and size}

    def contents(self, uids: Sequence[int]) -> list[FoundMail]:
        """These mails, in this order; those that are gone are left out."""
        if not uids:
            return []
        with _failures():
            data = _check(*self.uid("FETCH", _set_of(uids), "(UID FLAGS BODY.PEEK[])"))
        found = {mail.uid: mail for mail in _mails(data)}
        return [found[uid] for uid in uids if uid in found]

    def mark(self, uids: Sequence[int], flag: str, *, is_set: bool) -> None:
        """Set or remove a flag."""
        with _failures():
            command = "+FLAGS.SILENT" if is_set else "-FLAGS.SILENT"
            _check(*self.uid("STORE", _set_of(uids), command, FLAGS[flag]))


def encoded_folder(name: str) -> str:
    """The name in IMAP's own form of UTF-7 (RFC 3501, 5.1.3)."""

    def encode(found: re.Match[str]) -> str:
        letters = base64.b64encode(found[0].encode("utf-16-be", errors="replace")).decode()
        return f"&{letters.rstrip('=').replace('/', ',')}-"

    return _NOT_PLAIN.sub(encode, name.replace("&", "&-"))


def _criteria(query: MailQuery) -> Iterator[tuple[str, str]]:
    """Words of the search, each with the text that it is about."""
    yield "UNSEEN" if query.is_unread else "ALL", ""
    if query.since:
        day = query.since
        yield f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year:04}", ""
    for name, text in (("FROM", query.sender), ("SUBJECT", query.subject), ("TEXT", query.text)):
        if text:
            yield name, text


def _quoted(text: str) -> str:
    """As IMAP quotes it; nothing stays nothing."""
    if _CONTROL.search(text):
        raise BlockError("A search may not have line breaks.", code="bad_search")
    if not text.isascii():
        raise BlockError(
            "Only one of sender, subject and text may have letters beyond ASCII.", code="bad_search"
        )
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if text else ""


def _set_of(uids: Sequence[int]) -> str:
    return ",".join(str(uid) for uid in uids)


def _mails(data: Sequence[object]) -> Iterator[FoundMail]:
    """A FETCH answer is a pair (what precedes the content, the content), and what follows it."""
    for index, part in enumerate(data):
        if not isinstance(part, tuple):
            continue
        after = data[index + 1] if index + 1 < len(data) else b""
        facts = part[0] + (after if isinstance(after, bytes) else b"")
        uid = _UID.search(facts)
        if uid:
            yield FoundMail(int(uid[1]), bool(_SEEN.search(facts)), part[1])


def _check(status: str, data: Sequence[object]) -> Sequence[object]:
    if status != "OK":
        raise _refusal(data[0] if data else "")
    return data


def _refusal(reason: object) -> BlockError:
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    words = " ".join(text.split())[:_MAX_REASON]
    return BlockError(f"The mail server refused it: {words}", code="mail_refused")


def _broken_off() -> BlockError:
    return BlockError("The mail server broke off or is none.", code="unreachable", retryable=True)


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except imaplib.IMAP4.abort as error:
        raise _broken_off() from error
    except imaplib.IMAP4.error as error:
        raise _refusal(error.args[0] if error.args else "") from error
