"""Making, changing and watching mailboxes, on the pages and over the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Scope
from executions.mailboxes.models import Arrival, Mailbox
from tests.factories import CredentialFactory, MailboxFactory

pytestmark = pytest.mark.django_db

MAILBOXES = "/api/mailboxes"


@pytest.fixture
def fields(version, login):
    return {
        "graph_id": str(version.graph_id),
        "name": "Questions",
        "server": "imap.example.com",
        "credential_id": str(login.pk),
    }


def test_a_mailbox_is_made_changed_paused_and_deleted_over_the_api(api, fields):
    made = api.post(MAILBOXES, fields)
    assert made.status_code == 201
    place = f"{MAILBOXES}/{made.json()['id']}"
    assert (made.json()["port"], made.json()["folder"]) == (993, "INBOX")
    assert api.get(MAILBOXES).json()["results"] == [made.json()]
    changed = {name: value for name, value in fields.items() if name != "graph_id"}
    assert api.put(place, {**changed, "sender": "bo@"}).json()["sender"] == "bo@"
    assert api.post(f"{place}/pause").json()["is_paused"]
    assert not api.post(f"{place}/resume").json()["is_paused"]
    assert api.post(f"{place}/look").status_code == 200
    Arrival.objects.create(mailbox=Mailbox.objects.get(), key="1", result="started")
    assert [row["result"] for row in api.get(f"{place}/arrivals").json()["results"]] == ["started"]
    assert api.delete(place).status_code == 204


@pytest.mark.parametrize(
    "changed",
    [
        {"credential_id": "00000000-0000-0000-0000-000000000001"},
        {"port": 0},
        {"every_seconds": 1},
        {"inputs": {"nothing": 1}},
        {"encryption": "rot13"},
        {"surprise": 1},
    ],
)
def test_what_cannot_be_is_refused(api, fields, changed):
    assert api.post(MAILBOXES, {**fields, **changed}).status_code == 400


@pytest.mark.parametrize(
    "name",
    [
        "http://x y",
        "imap.example.com:993",
        "imap.example.com/inbox",
        "imap..example.com",
        "bo@example.com",
        "-x",
        "x\ny",
        "[::1]",
        f"{'a' * 64}.example",
    ],
)
def test_what_is_no_host_is_refused_when_it_is_given(api, page, fields, name):
    told = "Give the name of a host and nothing else, such as imap.example.com"
    refused = api.post(MAILBOXES, {**fields, "server": name})
    assert refused.status_code == 400
    assert told in refused.content.decode()
    shown = page.post(f"/graphs/{fields['graph_id']}/mailbox/", {"server": name})
    assert told in shown.content.decode()
    assert not Mailbox.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["localhost", "IMAP.Example.com", "imap_1.example", "10.0.0.7", "::1", "post.müller.example"],
)
def test_names_and_addresses_of_hosts_are_taken(api, fields, name):
    assert api.post(MAILBOXES, {**fields, "server": name}).json()["server"] == name


def test_a_credential_of_somebody_else_or_of_another_kind_is_refused(api, fields, stranger, user):
    for credential in (
        CredentialFactory(user=stranger, provider="smtp", type="user_password"),
        CredentialFactory(user=user),
    ):
        answer = api.post(MAILBOXES, {**fields, "credential_id": str(credential.pk)})
        assert answer.status_code == 400


def test_who_may_not_run_graphs_makes_none(key_api, fields):
    client = key_api(Scope.WRITE_TRIGGERS)
    assert client.post(MAILBOXES, fields).status_code == 403


def test_the_pages_make_and_change_one(page, version, login):
    address = f"/graphs/{version.graph_id}/mailbox/"
    given = {
        "name": "Orders",
        "server": "imap.example.com",
        "port": 993,
        "encryption": "auto",
        "credential": str(login.pk),
        "folder": "INBOX",
        "every_seconds": 60,
        "inputs": "{}",
    }
    assert page.get(address).status_code == 200
    assert page.post(address, {**given, "inputs": "[]"}).status_code == 422
    assert page.post(address, {**given, "inputs": '{"nothing": 1}'}).status_code == 422
    place = page.post(address, given)["Location"]
    assert "imap.example.com" in page.get("/mailboxes/").content.decode()
    assert page.post(place, {**given, "folder": "Orders"})["Location"] == place
    assert Mailbox.objects.get().folder == "Orders"
    Mailbox.objects.update(error="The mail server refused it: no such folder")
    assert "no such folder" in page.get(place).content.decode()
    page.post(f"{place}delete/")
    assert Mailbox.objects.count() == 0


def test_lists_ask_the_same_for_one_and_three(page, api, user, version):
    counts = []
    for more in (1, 2):
        for number in range(more):
            mailbox = MailboxFactory(user=user, graph=version.graph)
            Arrival.objects.create(mailbox=mailbox, key=str(number), result="started")
        places = [(page, "/mailboxes/"), (api, MAILBOXES), (page, f"/mailboxes/{mailbox.pk}/")]
        for client, place in places:
            client.get(place)
        with CaptureQueriesContext(connection) as asked:
            for client, place in places:
                assert client.get(place).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
