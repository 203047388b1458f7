"""Published advisories about things of others that can be named by their ids, tried as a stranger with every permission."""

import json

import pytest
from asgiref.sync import sync_to_async

from executions.models import Execution
from executions.triggers.models import Preset
from executions.webhooks.models import Webhook
from executions.webhooks.services import access_of
from executions.workers import work
from tests.access.test_websocket import socket_of
from tests.api.routes import address_of, viewset_actions
from tests.executions.scene import start
from tests.executions.test_consumers import ACCEPTED, GRAPH
from tests.factories import WebhookFactory
from tests.webhooks.senders import SECRET, github, standard

ALL_VERBS = [
    (method, address)
    for address, method, _viewset, _action in viewset_actions()
    if address.startswith("/api/webhooks/<uuid:pk>")
]
BODY = {"text": "hello"}


@pytest.fixture
def webhook(user, version):
    return WebhookFactory(user=user, version=version, secret=SECRET, signature="github")


def rows_of(webhook):
    return Webhook.objects.values().get(pk=webhook.pk), webhook.deliveries.count()


@pytest.mark.asyncio
@pytest.mark.django_db(transaction=True)
async def test_ghsa_958f_37vw_jx8f_nobody_hears_the_runs_of_others(user, stranger):
    """Not by asking for them, and not because they happen while somebody watches their own."""
    foreign = await sync_to_async(start)(user, GRAPH)
    own = await sync_to_async(start)(stranger, GRAPH)
    listener = await socket_of(stranger)
    assert await listener.connect() == ACCEPTED
    for method, place in (
        ("subscribe_graph_execution", {"graph_exec_id": str(foreign.pk)}),
        ("subscribe_graph_executions", {"graph_id": str(foreign.graph_id)}),
    ):
        await listener.say(method, **place)
        assert (await listener.hear())["success"] is False
    await listener.say("subscribe_graph_executions", graph_id=str(own.graph_id), batch=True)
    await listener.say("subscribe_graph_execution", graph_exec_id=str(own.pk), batch=True)
    assert [(await listener.hear())["success"] for _ in range(2)] == [True, True]

    for execution in (foreign, own):  # what is published first is heard first
        await sync_to_async(work.advance)(execution.pk)
        await sync_to_async(work.fill_slots)()
    heard = await messages_until_the_end(listener)
    assert heard == {str(own.pk)}
    await listener.disconnect()


async def messages_until_the_end(listener):
    """The runs of which somebody heard before one of them ended."""
    heard = set()
    while True:
        message = await listener.hear()
        if message["method"] != "execution_events":
            continue
        heard.add(message["data"]["execution_id"])
        if any(event["data"].get("status") == "COMPLETED" for event in message["data"]["events"]):
            return heard


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "address"), ALL_VERBS)
def test_ghsa_rq9m_xvc7_v9h6_nobody_uses_the_webhook_of_another(
    stranger_api, webhook, method, address
):
    body = {"name": "Mine now", "payload": BODY, "signature": "none", "secret": "x" * 20}
    known = {name: body[name] for name in FIELDS.get(address.rpartition("/")[2], ())}
    before = rows_of(webhook)
    answers = [
        getattr(stranger_api, method)(address_of(address, **place), known)
        for place in ({"pk": webhook.pk}, {})
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert len({answer.json()["error"]["message"] for answer in answers}) == 1
    assert rows_of(webhook) == before
    assert not Execution.objects.exists()


FIELDS = {"<uuid:pk>": ("name", "signature"), "test": ("payload",), "renew": ("secret",)}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/webhooks", "/api/presets", "/api/schedules"])
def test_ghsa_4m2w_qfr5_9f3v_nobody_binds_what_is_anothers_to_something_of_theirs(
    stranger_api, webhook, address
):
    """Neither the graph, nor the webhook that it has already."""
    when = {"kind": "cron", "cron": "0 7 * * *"} if address.endswith("schedules") else {}
    body = {"name": "Mine", "graph_id": str(webhook.graph_id), "inputs": BODY, **when}
    assert stranger_api.post(address, body).status_code == 404
    answer = stranger_api.post(address, body | {"webhook_id": str(webhook.pk)})
    assert answer.status_code in {400, 404}
    assert list(Webhook.objects.all()) == [webhook]
    assert not Preset.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {}),
        ("?provider=none&signature=none", {}),
        ("?provider=standard", standard(json.dumps(BODY).encode(), "a", 0)),
        ("", github(json.dumps(BODY).encode(), key=b"a key of the attacker")),
        ("", {"X-Hub-Signature-256": "", "X-Provider": "generic"}),
    ],
    ids=["unsigned", "by the query", "another style", "another key", "by a header"],
)
def test_ghsa_349p_3c3r_8mjr_no_sender_chooses_how_a_delivery_is_checked(
    anonymous_api, webhook, query, headers
):
    address = f"/api/hooks/{access_of(webhook).token}"
    assert anonymous_api.post(address + query, BODY, headers=headers).status_code == 401
    for provider in ("generic", "none", "github"):
        assert anonymous_api.post(f"/api/{provider}{address[4:]}", BODY).status_code == 404
    assert not Execution.objects.exists()
    signed = github(json.dumps(BODY, separators=(",", ":")).encode(), key=SECRET.encode())
    assert anonymous_api.post(address, BODY, headers=signed).status_code == 202
