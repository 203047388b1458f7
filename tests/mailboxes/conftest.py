"""A mailbox on a small IMAP server of this machine."""

from email.message import EmailMessage

import pytest

from accounts.vault import services as vault
from executions.mailboxes.models import Mailbox
from tests.blocks.adapters.mail_servers import LOGIN, serving, speak_imap
from tests.factories import MailboxFactory
from tests.pages.conftest import page

__all__ = ["page"]


@pytest.fixture
def server():
    with serving(speak_imap) as server:
        yield server


@pytest.fixture
def login(user, server):
    """The credential for it."""
    name, password = LOGIN
    return vault.create(
        user,
        title="Mails",
        provider="smtp",
        type="user_password",
        secret={"username": name, "password": password},
        hosts=[f"127.0.0.1:{server.port}"],
    )


@pytest.fixture
def make(user, version, server, login):
    def make(**values):
        fields = {
            "user": user,
            "graph": version.graph,
            "server": "127.0.0.1",
            "port": server.port,
            "encryption": Mailbox.Encryption.NONE,
            "credential": login,
            **values,
        }
        return MailboxFactory(**fields)

    return make


def mail(text="At five?", *files, **headers):
    """A mail as bytes."""
    message = EmailMessage()
    fields = {"From": "Bo <bo@example.com>", "Subject": "Tea", **headers}
    for name, value in fields.items():
        message[name] = value
    message.set_content(text, cte="8bit" if text.isascii() else "base64")
    for name, content in files:
        message.add_attachment(content, maintype="text", subtype="plain", filename=name)
    return message.as_bytes().replace(b"\n", b"\r\n")
