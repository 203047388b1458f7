"""The client of mail servers, against real servers on this machine, friendly and hostile ones."""

from datetime import date

import pytest

from blocks.adapters.imap import encoded_folder
from blocks.adapters.mail import MailClient
from blocks.adapters.sockets import GuardedSockets
from blocks.base import BlockError
from blocks.credentials import CredentialType, Secret
from blocks.ports import MailQuery, MailServer, Security
from tests.blocks.adapters.mail_servers import (
    LOGIN,
    make_certificate,
    serving,
    speak_imap,
    speak_smtp,
)

MAIL = b"Subject: Tea\r\n\r\nAt five?\r\n.\r\n"


def server_at(server, security=Security.NONE, *, login=LOGIN, host="127.0.0.1", hosts=None):
    secret = Secret(
        provider="smtp",
        type=CredentialType.USER_PASSWORD,
        hosts=hosts or (f"127.0.0.1:{server.port}",),
        values={"username": login[0], "password": login[1]},
    )
    return MailServer(host, server.port, secret, security)


@pytest.fixture
def client():
    return MailClient(GuardedSockets(["127.0.0.1"]), seconds=5)


def send(client, server, to=("bo@example.com",)):
    return client.send(server, "ada@example.com", list(to), MAIL)


def code_of(refusal):
    return refusal.value.code


def test_a_mail_arrives_as_it_was_meant(client):
    with serving(speak_smtp) as server:
        assert send(client, server_at(server), ["bo@example.com", "nobody@example.com"]) == [
            "nobody@example.com"
        ]
    assert server.mails == [b"Subject: Tea\n\nAt five?\n.."]
    assert "mail FROM:<ada@example.com>" in server.heard
    assert server.heard[0] == "ehlo localhost"


@pytest.mark.parametrize("at_once", [True, False])
def test_a_mail_is_sent_encrypted(tmp_path, at_once):
    tls, trusted = make_certificate(tmp_path)
    client = MailClient(GuardedSockets(["127.0.0.1"], tls=trusted))
    security = Security.TLS if at_once else Security.STARTTLS
    with serving(speak_smtp, tls=tls, is_tls_at_once=at_once) as server:
        assert send(client, server_at(server, security)) == []
    assert len(server.mails) == 1


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_server_with_a_certificate_that_nobody_trusts_gets_no_password(
    tmp_path, client, security
):
    tls, _trusted = make_certificate(tmp_path)
    at_once = security is Security.TLS
    with (
        serving(speak_smtp, tls=tls, is_tls_at_once=at_once) as server,
        pytest.raises(BlockError, match="No secure connection") as refusal,
    ):
        send(client, server_at(server, security))
    assert code_of(refusal) == "unreachable"
    assert not any(line.startswith("AUTH") for line in server.heard)


def test_a_server_that_cannot_encrypt_gets_no_password(client):
    def speak(talk):
        talk.say("220 hello")
        talk.server.heard.append(talk.hear())
        talk.say("250 AUTH PLAIN")
        talk.server.heard.append(talk.hear())

    with serving(speak) as server, pytest.raises(BlockError, match="STARTTLS"):
        send(client, server_at(server, Security.AUTO))
    assert not any("AUTH" in line for line in server.heard)


def test_nothing_is_sent_in_the_clear_to_a_server_that_no_operator_allows():
    client = MailClient(GuardedSockets(resolve_host=lambda host, port: ["93.184.216.34"]))
    secret = Secret("smtp", CredentialType.USER_PASSWORD, ("mail.example.com",), {})
    with pytest.raises(BlockError) as refusal:
        send(client, MailServer("mail.example.com", 587, secret, Security.NONE))
    assert code_of(refusal) == "not_encrypted"


@pytest.mark.parametrize(
    ("host", "port", "resolved", "code"),
    [
        ("mail.example.com", 587, "10.0.0.1", "ssrf_blocked"),
        ("mail.example.com", 587, "127.0.0.1", "ssrf_blocked"),
        ("169.254.169.254", 25, "169.254.169.254", "ssrf_blocked"),
        ("mail.example.com", 22, "93.184.216.34", "ssrf_blocked"),
        ("mail.example.com", 6379, "93.184.216.34", "ssrf_blocked"),
        ("evil.example.com", 587, "93.184.216.34", "credential_host_refused"),
        ("mail.example.com\r\n", 587, "93.184.216.34", "bad_url"),
        ("/run/mail.sock", 587, "93.184.216.34", "bad_url"),
    ],
)
def test_where_a_mail_server_may_not_be(host, port, resolved, code):
    sockets = GuardedSockets(resolve_host=lambda host, port: [resolved])
    hosts = ("mail.example.com", "mail.example.com:22", "mail.example.com:6379", "169.254.169.254")
    secret = Secret("smtp", CredentialType.USER_PASSWORD, hosts, {})
    with pytest.raises(BlockError) as refusal:
        send(MailClient(sockets), MailServer(host, port, secret))
    assert code_of(refusal) == code


def test_a_wrong_password_is_told(client):
    with serving(speak_smtp) as server, pytest.raises(BlockError) as refusal:
        send(client, server_at(server, login=("ada", "wrong")))
    assert code_of(refusal) == "mail_auth"


def test_a_mail_that_nobody_gets_fails_with_the_servers_words(client):
    with serving(speak_smtp) as server, pytest.raises(BlockError, match="550: who is that"):
        send(client, server_at(server), ["nobody@example.com"])
    assert server.mails == []


def hold(talk):
    talk.server.over.wait(30)


def drip(talk):
    while not talk.server.over.wait(0.05):
        talk.say(b"2")


def chatter(talk):
    while True:
        talk.say(b"220-more\r\n" * 1000)


def endless_line(talk):
    while True:
        talk.say(b"2" * 10_000)


def nonsense(talk):
    talk.say(b"\xff\xfe<html>\r\n" * 3)


HOSTILE = [hold, drip, chatter, endless_line, nonsense, lambda talk: None]


@pytest.mark.parametrize("speak", HOSTILE)
def test_a_hostile_server_ends_a_mail_with_a_sentence(speak):
    client = MailClient(GuardedSockets(["127.0.0.1"]), seconds=1)
    with serving(speak) as server, pytest.raises(BlockError) as refusal:
        send(client, server_at(server))
    assert code_of(refusal) in {"timeout", "unreachable", "too_large", "mail_refused"}


@pytest.mark.parametrize("speak", HOSTILE)
def test_a_hostile_server_ends_a_search_with_a_sentence(speak):
    client = MailClient(GuardedSockets(["127.0.0.1"]), seconds=1)
    with serving(speak) as server, pytest.raises(BlockError) as refusal:
        client.find(server_at(server), "INBOX", MailQuery(), 10)
    assert code_of(refusal) in {"timeout", "unreachable", "too_large", "mail_refused"}


def test_a_stopped_run_hangs_up():
    client = MailClient(GuardedSockets(["127.0.0.1"]), lambda: True, seconds=60)
    with serving(hold) as server, pytest.raises(BlockError) as refusal:
        send(client, server_at(server))
    assert code_of(refusal) == "cancelled"


@pytest.fixture
def mailbox():
    with serving(speak_imap) as server:
        server.mails = [MAIL, b"Subject: Cake\r\n\r\nLemon\r\n"]
        yield server


def test_mails_are_found_newest_first_and_stay_unread(client, mailbox):
    mailbox.seen.add(1)
    found = client.find(server_at(mailbox), "INBOX", MailQuery(), 10)
    assert [(mail.uid, mail.is_read, mail.content) for mail in found] == [
        (2, False, mailbox.mails[1]),
        (1, True, mailbox.mails[0]),
    ]
    assert 'EXAMINE "INBOX"' in mailbox.heard
    unread = client.find(server_at(mailbox), "INBOX", MailQuery(is_unread=True), 10)
    assert [mail.uid for mail in unread] == [2]
    assert len(client.find(server_at(mailbox), "INBOX", MailQuery(), 1)) == 1


def test_mails_are_marked(client, mailbox):
    client.mark(server_at(mailbox), "INBOX", [1, 2], "seen", is_set=True)
    assert mailbox.seen == {1, 2}
    assert r"UID STORE 1,2 +FLAGS.SILENT (\Seen)" in mailbox.heard


def test_a_mailbox_is_read_encrypted(tmp_path):
    tls, trusted = make_certificate(tmp_path)
    client = MailClient(GuardedSockets(["127.0.0.1"], tls=trusted))
    with serving(speak_imap, tls=tls) as server:
        server.mails = [MAIL]
        found = client.find(server_at(server, Security.STARTTLS), "INBOX", MailQuery(), 10)
    assert [mail.content for mail in found] == [MAIL]
    assert server.heard[:2] == ["CAPABILITY", "STARTTLS"]


def test_a_search_says_what_is_asked_and_nothing_else(client, mailbox):
    query = MailQuery('a"\\ b', "ALL) DELETE", "茶", date(2026, 1, 2), is_unread=True)
    client.find(server_at(mailbox), "Ärger & Co", query, 1)
    assert 'EXAMINE "&AMQ-rger &- Co"' in mailbox.heard
    assert (
        "UID SEARCH CHARSET UTF-8 UNSEEN SINCE 2-Jan-2026 "
        r'FROM "a\"\\ b" SUBJECT "ALL) DELETE" TEXT ' + "'茶'"
    ) in mailbox.heard


@pytest.mark.parametrize(
    ("folder", "query"),
    [
        ("INBOX\r\nx DELETE INBOX", MailQuery()),
        ("", MailQuery()),
        ("INBOX", MailQuery(sender="a\r\nx LOGOUT")),
        ("INBOX", MailQuery(sender="é", subject="è")),
        ("Nowhere", MailQuery()),
    ],
)
def test_what_cannot_be_searched_is_refused(client, mailbox, folder, query):
    with pytest.raises(BlockError):
        client.find(server_at(mailbox), folder, query, 1)
    assert not any("DELETE" in line for line in mailbox.heard)


def test_a_wrong_password_of_a_mailbox_is_told(client, mailbox):
    with pytest.raises(BlockError) as refusal:
        client.find(server_at(mailbox, login=("ada", "wrong")), "INBOX", MailQuery(), 1)
    assert code_of(refusal) == "mail_auth"


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (UID 1 BODY[] {9999999999}\r\n",
        b"* 1 FETCH (UID 1 BODY[] {30000000}\r\n",
        b"* SEARCH " + b"9" * 5000 + b"\r\n",
        b"* SEARCH a b c\r\n",
    ],
)
def test_a_mailbox_that_promises_too_much_is_left(answer, client):
    def speak(talk):
        talk.say("* OK [CAPABILITY IMAP4rev1] hello")
        while line := talk.hear():
            if "UID" in line:
                talk.say(answer)
            talk.say(f"{line.split(' ')[0]} OK done")

    with serving(speak) as server, pytest.raises(BlockError) as refusal:
        client.find(server_at(server), "INBOX", MailQuery(), 10)
    assert code_of(refusal) in {"too_large", "unreachable"}


@pytest.mark.parametrize(
    ("name", "encoded"), [("INBOX", "INBOX"), ("A&B", "A&-B"), ("~peter/台北", "~peter/&U,BTFw-")]
)
def test_a_folder_is_named_as_the_standard_has_it(name, encoded):
    assert encoded_folder(name) == encoded
