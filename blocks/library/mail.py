"""E-mail: sending it by SMTP, reading and marking it by IMAP."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.credentials import CredentialType, Reference, Secret, credentials_pin
from blocks.library.mail_message import Letter, address_of, addresses_in, compose, taken_apart
from blocks.library.media import read_media
from blocks.limits import require_room_for
from blocks.ports import MailQuery, MailServer, Ports, Security
from blocks.registry import register

_SECRET = Secret(
    provider="smtp",
    type=CredentialType.USER_PASSWORD,
    hosts=("mail.example.com",),
    values={"username": "ada@example.com", "password": "a password"},
)
_REFERENCE = {"id": "7d1c0b5e-5a0e-4d0b-9d0e-0d8f6c1d2a3b", "provider": "smtp"}
_SMTP = {"smtp_server": "mail.example.com", "smtp_port": 587}
_TEA = "From: Bo <bo@example.com>\r\nSubject: Tea\r\nDate: Sat, 31 Jan 2026 09:30:00 +0000\r\n\r\nAt five?"
_READ_TEA = {
    "from": "Bo <bo@example.com>",
    "to": "",
    "cc": "",
    "subject": "Tea",
    "date": "2026-01-31T09:30:00+00:00",
    "message_id": "",
    "text": "At five?",
    "html": "",
    "uid": 7,
    "is_read": False,
    "attachments": [],
}


def _credentials() -> Any:
    return credentials_pin(
        "smtp",
        types=(CredentialType.USER_PASSWORD,),
        description="User and password; they go to the hosts of the credential only.",
    )


class SmtpConfig(Pins):
    """Where mails are handed over."""

    smtp_server: str = Field(description="The host, such as mail.example.com.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="The port.")
    security: Security = Field(default=Security.AUTO, description="How it is encrypted.")


@register
class SendEmail(Block["SendEmail.Input"]):
    id = "send_email_block"
    aliases = ("4335878a-394e-4e67-adf2-919877ff49ae",)
    name = "Send email"
    description = "Sends an e-mail over a mail server of yours."
    category = "communication"
    icon = "mail"
    effect = Effect.AT_MOST_ONCE
    limits = "A mail of 10 MB and 20 files, 50 seconds."

    class Input(Pins):
        to_email: str = Field(description="To whom; several addresses with commas between them.")
        subject: str = Field(max_length=500, description="The subject.")
        body: str = Field(description="The text.")
        config: SmtpConfig = Field(description="The mail server: host, port and encryption.")
        credentials: Reference = _credentials()
        from_email: str = Field(default="", description="The sender; empty: the user of the login.")
        cc: str = Field(default="", description="Who gets a copy.")
        bcc: str = Field(default="", description="Who gets a copy that the others do not see.")
        reply_to: str = Field(default="", description="Where answers go, if not to the sender.")
        is_html: bool = Field(default=False, description="Whether the text is HTML.")
        attachments: list[str] = Field(
            default=[], max_length=20, description="Files to send along."
        )

    class Output(Pins):
        status: str = Field(description="That the server has taken it.")
        refused: list[str] = Field(description="Addresses that the server did not take, if any.")

    examples = (
        Example(
            given={
                "to_email": "bo@example.com",
                "subject": "Tea",
                "body": "At five?",
                "config": _SMTP,
                "credentials": _REFERENCE,
            },
            secret=_SECRET,
            answers=[{}],
            yields=[("status", "Email sent successfully")],
        ),
        Example(
            given={
                "to_email": "bo@example.com, cy@example.com",
                "subject": "Tea",
                "body": "<b>At five?</b>",
                "is_html": True,
                "config": _SMTP,
                "credentials": _REFERENCE,
            },
            secret=_SECRET,
            answers=[{"refused": ["cy@example.com"]}],
            yields=[("status", "Email sent successfully"), ("refused", ["cy@example.com"])],
        ),
        Example(
            given={
                "to_email": "bo@example.com\r\nBcc: all@example.com",
                "subject": "",
                "body": "",
                "config": _SMTP,
                "credentials": _REFERENCE,
            },
            secret=_SECRET,
            error="not an e-mail address",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        secret = ports.credentials.read(data.credentials)
        [sender] = addresses_in(data.from_email or secret.values["username"])[:1] or [""]
        to, cc, bcc = (addresses_in(each) for each in (data.to_email, data.cc, data.bcc))
        if not (sender and to):
            raise BlockError("A sender and a receiver are needed", code="bad_address")
        letter = Letter(
            sender=sender,
            to=to,
            cc=cc,
            subject=data.subject,
            body=data.body,
            reply_to=", ".join(addresses_in(data.reply_to)),
            is_html=data.is_html,
            attachments=[read_media(each, ports) for each in data.attachments],
        )
        config = data.config
        refused = ports.mail.send(
            MailServer(config.smtp_server, config.smtp_port, secret, config.security),
            address_of(sender),
            [address_of(each) for each in (*to, *cc, *bcc)],
            compose(letter, message_id=_message_id(sender, ports), now=ports.run.now()),
        )
        yield "status", "Email sent successfully"
        if refused:
            yield "refused", refused


def _message_id(sender: str, ports: Ports) -> str:
    return f"<{ports.run.idempotency_key}@{address_of(sender).rpartition('@')[2]}>"


class _Mailbox(Pins):
    imap_server: str = Field(description="The host of the mailbox, such as mail.example.com.")
    imap_port: int = Field(default=993, ge=1, le=65535, description="The port.")
    security: Security = Field(default=Security.AUTO, description="How it is encrypted.")
    folder: str = Field(default="INBOX", max_length=250, description="The folder.")
    credentials: Reference = _credentials()

    def server(self, ports: Ports) -> MailServer:
        """The server, with the login."""
        secret = ports.credentials.read(self.credentials)
        return MailServer(self.imap_server, self.imap_port, secret, self.security)


@register
class ReadEmail(Block["ReadEmail.Input"]):
    id = "read_email_block"
    name = "Read email"
    description = "Finds e-mails in a mailbox, newest first. It does not mark them as read."
    category = "communication"
    icon = "inbox"
    effect = Effect.IDEMPOTENT
    limits = "100 mails, 20 MB together, 50 seconds."

    class Input(_Mailbox):
        unread_only: bool = Field(default=True, description="Leave out what was read already.")
        sender: str = Field(default="", max_length=500, description="What the sender contains.")
        subject: str = Field(default="", max_length=500, description="What the subject contains.")
        text: str = Field(
            default="", max_length=500, description="What is anywhere in the message."
        )
        since: date | None = Field(default=None, description="The first day to look at.")
        limit: int = Field(default=10, ge=1, le=100, description="The most e-mails to give.")
        save_attachments: bool = Field(default=False, description="Keep the files that came along.")

    class Output(Pins):
        email: dict[str, Any] = Field(
            description="One after the other: uid, from, to, cc, subject, date, text, html, is_read, attachments."
        )
        emails: list[dict[str, Any]] = Field(description="All of them.")

    examples = (
        Example(
            given={"imap_server": "mail.example.com", "credentials": _REFERENCE},
            secret=_SECRET,
            answers=[{"mails": [{"uid": 7, "content": _TEA}]}],
            yields=[("email", _READ_TEA), ("emails", [_READ_TEA])],
        ),
        Example(
            given={
                "imap_server": "mail.example.com",
                "subject": "coffee",
                "credentials": _REFERENCE,
            },
            secret=_SECRET,
            answers=[{"mails": []}],
            yields=[("emails", [])],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        query = MailQuery(data.sender, data.subject, data.text, data.since, data.unread_only)
        found = ports.mail.find(data.server(ports), data.folder, query, data.limit)
        emails = []
        for mail in found:
            facts, files = taken_apart(mail.content)
            kept = [
                ports.files.write(file.name, file.content, content_type=file.content_type)
                for file in (files if data.save_attachments else ())
            ]
            emails.append(facts | {"uid": mail.uid, "is_read": mail.is_read, "attachments": kept})
        require_room_for(emails)
        for email in emails:
            yield "email", email
        yield "emails", emails


class Flag(StrEnum):
    """What can be noted about an e-mail on the server."""

    SEEN = "seen"
    FLAGGED = "flagged"
    ANSWERED = "answered"
    DELETED = "deleted"


@register
class MarkEmail(Block["MarkEmail.Input"]):
    id = "mark_email_block"
    name = "Mark email"
    description = "Marks e-mails in a mailbox as read, flagged, answered or deleted."
    category = "communication"
    icon = "mail-check"
    effect = Effect.IDEMPOTENT

    class Input(_Mailbox):
        uids: list[int] = Field(
            min_length=1, max_length=1_000, description="Which e-mails: their uid when read."
        )
        flag: Flag = Field(default=Flag.SEEN, description="What to note.")
        is_set: bool = Field(default=True, description="Whether to set it or to take it away.")

    class Output(Pins):
        uids: list[int] = Field(description="The e-mails that are marked.")

    examples = (
        Example(
            given={"imap_server": "mail.example.com", "uids": [7], "credentials": _REFERENCE},
            secret=_SECRET,
            answers=[{}],
            yields=[("uids", [7])],
        ),
        Example(
            given={"imap_server": "mail.example.com", "uids": [-1], "credentials": _REFERENCE},
            secret=_SECRET,
            error="uid",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if not all(0 < uid < 2**32 for uid in data.uids):
            raise BlockError("The uid of an e-mail is a number from 1 on")
        ports.mail.mark(data.server(ports), data.folder, data.uids, data.flag, is_set=data.is_set)
        yield "uids", data.uids
