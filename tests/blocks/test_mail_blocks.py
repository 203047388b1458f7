"""E-mails: what is sent, and what is made of hostile ones."""

from email import message_from_bytes, policy

import pytest

from blocks.base import BlockError
from blocks.credentials import CredentialType, Secret
from tests.blocks.ports import answering, run_block

SECRET = Secret("smtp", CredentialType.USER_PASSWORD, (), {"username": "ada@example.com"})
SENDING = {"subject": "Tea", "body": "Grüße", "config": {"smtp_server": "mail.example.com"}}
REFERENCE = {"id": "7d1c0b5e-5a0e-4d0b-9d0e-0d8f6c1d2a3b"}


def sent(**given):
    script = answering({})
    script.secret = SECRET
    run_block("send_email_block", {**SENDING, "credentials": REFERENCE, **given}, script)
    mail = script.asked[-1]
    return mail, message_from_bytes(mail["message"], policy=policy.default)


def taken(content):
    script = answering({"mails": [{"uid": 1, "content": content}]})
    script.secret = SECRET
    given = {"imap_server": "m", "credentials": REFERENCE, "save_attachments": True}
    [(_, email), _] = run_block("read_email_block", given, script)
    return email, script.files


def test_a_mail_goes_to_all_and_hides_who_gets_a_blind_copy():
    mail, message = sent(to_email="Bo <bo@example.com>, cy@example.com", bcc="di@example.com")
    assert mail["to"] == ["bo@example.com", "cy@example.com", "di@example.com"]
    assert mail["from"] == "ada@example.com"
    assert message["To"] == "Bo <bo@example.com>, cy@example.com"
    assert b"di@example.com" not in mail["message"]
    assert message.get_content().strip() == "Grüße"
    assert message["Message-ID"] == "<test@example.com>"


def test_a_mail_carries_files_and_html():
    _mail, message = sent(
        to_email="bo@example.com", is_html=True, attachments=["data:text/csv,a%2Cb"]
    )
    body, file = message.iter_parts()
    assert (body.get_content_type(), file.get_content_type()) == ("text/html", "text/csv")
    assert (file.get_filename(), file.get_content().strip()) == ("file-1", "a,b")


@pytest.mark.parametrize(
    "given",
    [
        {"to_email": "bo"},
        {"to_email": ""},
        {"to_email": "bo@example.com\nBcc: x@example.com"},
        {"to_email": "bo@example.com> SIZE=1"},
        {"to_email": "<bo@example.com"},
        {"to_email": "b o@example.com"},
        {"to_email": "bo@example.com", "from_email": "x\r\nTo: y@example.com"},
        {"to_email": "bo@example.com", "reply_to": "nobody"},
    ],
)
def test_what_is_no_address_is_refused(given):
    with pytest.raises(BlockError) as refusal:
        sent(**given)
    assert refusal.value.code == "bad_address"


def test_a_subject_stays_one_line():
    _mail, message = sent(to_email="bo@example.com", subject="Tea\r\nBcc: x@example.com 茶")
    assert message["Subject"] == "Tea Bcc: x@example.com 茶"
    assert message["Bcc"] is None


def test_a_mail_is_taken_apart():
    email, files = taken(
        "From: =?utf-8?B?5p2O?= <li@example.com>\r\nSubject: =?iso-8859-1?Q?T=E9?=\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nAt five?\r\n"
        "--b\r\nContent-Type: text/html\r\n\r\n<b>At five?</b>\r\n"
        "--b\r\nContent-Type: text/csv\r\n"
        'Content-Disposition: attachment; filename="a.csv"\r\n\r\n1,2\r\n--b--\r\n'
    )
    assert (email["from"], email["subject"]) == ("李 <li@example.com>", "Té")
    assert (email["text"].strip(), email["html"].strip()) == ("At five?", "<b>At five?</b>")
    [uri] = email["attachments"]
    file = files.read(uri.removeprefix("workspace://").partition("#")[0])
    assert (file.name, file.content.strip()) == ("a.csv", b"1,2")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no headers at all",
        "Subject: =?utf-8?B?!!!?=\r\n\r\n",
        "Subject: =?nonsense?Q?a=ff?=\r\nDate: yesterday\r\n\r\n",
        "Date: Sat, 99 Jan 999999 99:99:99 +9999\r\n\r\n",
        "Content-Type: text/plain; charset=punycode\r\n\r\na",
        "Content-Type: multipart/mixed\r\n\r\n--\r\n",
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        "Content-Disposition: attachment; filename*=x'y'%ff%00\r\n\r\na",
        "\0\0\0",
    ],
)
def test_a_broken_mail_is_read_as_far_as_it_goes(content):
    email, _files = taken(content)
    assert email["uid"] == 1


def test_a_mail_with_too_many_parts_is_refused():
    parts = "--b\r\nContent-Type: text/plain\r\n\r\na\r\n" * 300
    with pytest.raises(BlockError, match="parts"):
        taken(f"Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n")


def test_a_mail_that_is_nested_without_end_is_refused():
    deep = "".join(
        f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
        for level in range(3000)
    )
    with pytest.raises(BlockError, match=r"nested|parts"):
        taken(deep)
