"""Mail servers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from blocks.credentials import Secret


class Security(StrEnum):
    """How a connection to a mail server is encrypted."""

    AUTO = "auto"  # from the start on the ports that are made for it, else by STARTTLS
    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"  # only where the operator allows the server


@dataclass(frozen=True)
class MailServer:
    """A mail server, and as whom to log in there."""

    host: str
    port: int
    credential: Secret
    security: Security = Security.AUTO


@dataclass(frozen=True)
class MailQuery:
    """Which mails to find: those that fulfil everything that is given."""

    sender: str = ""
    subject: str = ""
    text: str = ""
    since: date | None = None
    is_unread: bool = False


@dataclass(frozen=True)
class FoundMail:
    """A mail as it lies on the server; `uid` names it within its folder."""

    uid: int
    is_read: bool
    content: bytes


class Mail(Protocol):
    """Mail servers: guarded, encrypted, limited in size and time. What fails is a `BlockError`."""

    def send(
        self, server: MailServer, sender: str, recipients: Sequence[str], message: bytes
    ) -> list[str]:
        """Hand over one mail by SMTP; returns the recipients that the server refused, if not all."""
        ...

    def find(
        self, server: MailServer, folder: str, query: MailQuery, limit: int
    ) -> list[FoundMail]:
        """The newest mails by IMAP, newest first. It leaves them unread."""
        ...

    def mark(
        self, server: MailServer, folder: str, uids: Sequence[int], flag: str, *, is_set: bool
    ) -> None:
        """Set or remove a flag of mails (`seen`, `flagged`, `answered`, `deleted`); which are gone is no error."""
        ...
