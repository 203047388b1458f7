"""Making, changing and watching webhooks, on the pages and over the API."""

import pytest
from django.test import Client as Browser

from accounts.audit.models import AuditEntry
from accounts.models import Scope
from executions.models import Execution
from executions.webhooks.models import Delivery, Webhook
from executions.webhooks.services import access_of
from executions.workers import work
from tests.factories import CredentialFactory, VersionFactory
from tests.webhooks.senders import SECRET, standard

WEBHOOKS = "/api/webhooks"


@pytest.fixture
def page(user):
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.fixture
def create(api, version):
    def create(client=api, **body):
        fields = {"graph_id": str(version.graph_id), "name": "Orders"}
        return client.post(WEBHOOKS, {**fields, **body})

    return create


def test_only_who_makes_or_renews_one_learns_its_address_and_secret(create, api):
    made = create().json()
    assert made["url"].startswith("http://testserver/api/hooks/")
    assert made["secret"].startswith("whsec_")
    public = {name: value for name, value in made.items() if name not in {"url", "secret"}}
    assert api.get(f"{WEBHOOKS}/{made['id']}").json() == public
    assert api.get(WEBHOOKS).json()["results"] == [public]
    renewed = api.post(f"{WEBHOOKS}/{made['id']}/renew", {"secret": SECRET}).json()
    assert renewed["secret"] == SECRET
    assert renewed["url"] != made["url"]


def test_what_is_made_takes_what_is_signed_with_the_answers_secret(create, api, deliver, now):
    made = create(secret=SECRET).json()
    body = b'{"text": "hello"}'
    webhook = Webhook.objects.get(pk=made["id"])
    assert deliver(webhook, body, **standard(body, "1", now)).status_code == 202
    deliver(webhook, body)
    rows = api.get(f"{WEBHOOKS}/{made['id']}/deliveries").json()["results"]
    assert [row["result"] for row in rows] == ["refused", "started"]
    assert rows[1]["execution_id"] == str(Execution.objects.get().pk)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"condition": "a ==="}, "invalid_condition"),
        ({"secret": "short"}, "invalid_secret"),
        ({"inputs": {"nothing": 1}}, "invalid_graph"),
        ({"wait_seconds": 31}, "validation_error"),
        ({"signature": "md5"}, "validation_error"),
        ({"token": "mine"}, "validation_error"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(create, body, code):
    answer = create(**body)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (400, code)
    assert Webhook.objects.count() == 0


def test_nothing_foreign_can_be_named(create, stranger):
    graph = VersionFactory(owner=stranger).graph_id
    assert create(graph_id=str(graph)).status_code == 404
    file = f"workspace://{CredentialFactory(user=stranger).pk}"
    assert create(inputs={"text": file}).status_code == 400
    assert Webhook.objects.count() == 0


def test_a_change_keeps_the_address(create, api):
    made = create().json()
    access = access_of(Webhook.objects.get())
    changed = api.put(f"{WEBHOOKS}/{made['id']}", {"name": "New", "condition": "text"}).json()
    assert (changed["name"], changed["condition"]) == ("New", "text")
    assert access_of(Webhook.objects.get()) == access


def test_a_key_that_may_not_run_graphs_makes_none(create, key_api):
    assert create(key_api(Scope.WRITE_TRIGGERS)).status_code == 403


def test_a_test_delivery_tells_what_came_of_it(create, api):
    made = create(condition="text").json()
    address = f"{WEBHOOKS}/{made['id']}/test"
    assert api.post(address, {"payload": {"text": "x"}}).json()["result"] == "started"
    assert api.post(address, {"payload": {}}).json()["result"] == "filtered"
    assert api.post(address, {"payload": 7}).status_code == 400


def test_the_audit_log_tells_who_made_which_and_no_secret(create, api):
    made = create().json()
    api.delete(f"{WEBHOOKS}/{made['id']}")
    entries = list(AuditEntry.objects.filter(action="trigger").order_by("pk"))
    assert [entry.details["verb"] for entry in entries] == ["create", "delete"]
    assert not any(made["secret"] in str(entry.__dict__) for entry in entries)


@pytest.mark.django_db(transaction=True)
def test_who_waits_gets_the_outputs(make, deliver, monkeypatch):
    webhook = make(wait_seconds=30)
    started = work.queue.enqueue_advance

    def at_once(execution_id):
        started(execution_id)
        work.transaction.on_commit(lambda: work.advance(execution_id))

    monkeypatch.setattr(work.queue, "enqueue_advance", at_once)
    answer = deliver(webhook, {"text": "hello"})
    assert (answer.status_code, answer.json()["outputs"]) == (200, {"answer": ["hello"]})
    assert answer.json()["status"] == "COMPLETED"


FORM = {"name": "Orders", "signature": "github", "condition": "text", "wait_seconds": "0"}


def test_a_webhook_is_made_on_the_page_of_its_graph_and_its_secret_shown_once(page, version):
    answer = page.post(f"/graphs/{version.graph_id}/webhook/", {**FORM, "inputs": '{"text": "x"}'})
    webhook = Webhook.objects.get()
    access = access_of(webhook)
    assert access.secret in answer.content.decode()
    assert (webhook.signature, webhook.inputs) == ("github", {"text": "x"})
    detail = page.get(f"/webhooks/{webhook.pk}/").content.decode()
    assert access.token in detail
    assert access.secret not in detail


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"condition": "a ==="}, "The query cannot be used"),
        ({"secret": "short"}, "A secret has 16 to 200 characters"),
        ({"inputs": '{"nothing": 1}'}, "This graph has no input"),
        ({"inputs": "[1]"}, "This must be a JSON object"),
        ({"wait_seconds": "31"}, "less than or equal to 30"),
    ],
)
def test_the_page_says_what_is_wrong(page, version, change, sentence):
    answer = page.post(f"/graphs/{version.graph_id}/webhook/", {**FORM, **change})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Webhook.objects.count() == 0


def test_on_its_page_it_is_changed_paused_tried_renewed_and_deleted(page, make):
    webhook = make()
    address = f"/webhooks/{webhook.pk}/"
    page.post(address, {**FORM, "name": "Later"})
    page.post(f"{address}pause/")
    webhook.refresh_from_db()
    assert (webhook.name, webhook.is_paused) == ("Later", True)
    page.post(f"{address}resume/")
    tried = page.post(f"{address}test/", {"payload": '{"text": "x"}'})
    assert tried.url == f"/executions/{Execution.objects.get().pk}/"
    assert page.post(f"{address}test/", {"payload": "[]"}).status_code == 422
    page.post(f"{address}test/", {"payload": "{}"})
    assert Delivery.objects.filter(result="filtered").count() == 1
    before = access_of(webhook)
    assert page.post(f"{address}renew/", {"secret": "short"}).status_code == 422
    page.post(f"{address}renew/")
    webhook.refresh_from_db()
    assert access_of(webhook) != before
    page.post(f"{address}delete/")
    assert Webhook.objects.count() == 0
