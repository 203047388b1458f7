"""Watching runs over the WebSocket, on the real channel layer."""

import json
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from redis import Redis

from accounts import keys, tickets
from accounts.callers import Caller
from accounts.models import Scope, User
from config.asgi import application
from executions import services
from executions.workers import work
from tests.executions.scene import drawing, run, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

GRAPH = drawing(
    {"do": ("test_idempotent", {"value": 7}), "out": ("output_block", {"name": "said"})},
    ["do.value -> out.value"],
)


ACCEPTED = "accepted"


class Client(ApplicationCommunicator):
    """A client that speaks JSON. (`channels.testing` would do, but it needs daphne to be installed.)"""

    def __init__(self, path, *headers, origin=b"http://localhost"):
        address, _, query = path.partition("?")
        scope = {
            "type": "websocket",
            "path": address,
            "query_string": query.encode(),
            "headers": [*([(b"origin", origin)] if origin else []), *headers],
            "subprotocols": [],
        }
        super().__init__(application, scope)

    async def connect(self):
        """`ACCEPTED`, or the code with which the connection is closed."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(timeout=5)
        return ACCEPTED if answer["type"] == "websocket.accept" else answer.get("code")

    async def disconnect(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=5)

    async def send_text(self, text):
        await self.send_input({"type": "websocket.receive", "text": text})

    async def say(self, method, **data):
        await self.send_text(json.dumps({"method": method, "data": data}))

    async def hear(self):
        return json.loads((await self.receive_output(timeout=5))["text"])

    async def hear_events(self, last_status):
        """Batched events up to the one that says that the run has this status."""
        events = []
        while True:
            message = await self.hear()
            events += message["data"]["events"]
            if events[-1]["kind"] == "execution" and events[-1]["data"]["status"] == last_status:
                return events


@pytest.fixture
async def client(user):
    _, text = await sync_to_async(keys.issue)(user, name="test", permissions=Scope.values)
    client = Client("/ws/", (b"x-api-key", text.encode()))
    assert await client.connect() == ACCEPTED
    yield client
    await client.disconnect()


async def test_a_process_listens_on_when_its_last_watcher_has_left(client):
    await client.disconnect()
    channels = await sync_to_async(Redis.from_url(settings.REDIS_URL).pubsub_channels)()
    prefix = settings.CHANNEL_PREFIX.encode()
    assert [name for name in channels if name.startswith(prefix)]


async def test_a_stranger_is_not_let_in():
    assert await Client("/ws/").connect() == 4401


async def test_a_foreign_origin_is_not_let_in(user):
    ticket = await sync_to_async(tickets.issue)(Caller(user))

    assert await Client(f"/ws/?token={ticket}", origin=b"http://evil.example").connect() != ACCEPTED


async def test_a_ticket_opens_the_door_once(user):
    ticket = await sync_to_async(tickets.issue)(Caller(user))
    first, second = (Client(f"/ws/?token={ticket}") for _ in range(2))

    assert await first.connect() == ACCEPTED
    assert await second.connect() == 4401
    await first.disconnect()


async def test_a_long_lived_secret_in_the_address_is_refused(user):
    _, text = await sync_to_async(keys.issue)(user, name="test", permissions=Scope.values)

    assert await Client(f"/ws/?token={text}").connect() == 4401


async def test_heartbeats_are_answered(client):
    await client.say("heartbeat")

    assert await client.hear() == {"method": "heartbeat", "success": True, "data": "pong"}


async def test_a_watcher_sees_every_event_of_a_run_in_order(client, user):
    execution = await sync_to_async(start)(user, GRAPH)
    await client.say("subscribe_graph_execution", graph_exec_id=str(execution.pk), batch=True)
    assert await client.hear() == {
        "method": "subscribe_graph_execution",
        "success": True,
        "channel": f"{user.pk}|graph_exec#{execution.pk}",
    }

    await sync_to_async(work.fill_slots)()

    events = await client.hear_events("COMPLETED")
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


async def test_who_comes_back_gets_what_was_missed(client, user):
    execution = await sync_to_async(run)(user, GRAPH)

    await client.say(
        "subscribe_graph_execution", graph_exec_id=str(execution.pk), after_seq=2, batch=True
    )
    await client.hear()

    events = await client.hear_events("COMPLETED")
    assert [event["seq"] for event in events] == list(range(3, execution.event_seq + 1))


async def test_the_original_platforms_messages_carry_the_values(client, user):
    execution = await sync_to_async(run)(user, GRAPH)
    await client.say("subscribe_graph_execution", graph_exec_id=str(execution.pk))
    await client.hear()

    frames = []
    while (
        not frames
        or frames[-1]["data"].get("status") != "COMPLETED"
        or "node_id" in frames[-1]["data"]
    ):
        frames.append(await client.hear())

    assert {frame["method"] for frame in frames} == {
        "graph_execution_event",
        "node_execution_event",
    }
    assert frames[-1]["data"]["outputs"] == {"said": [7]}
    node = next(frame["data"] for frame in frames if frame["data"].get("node_id") == "do")
    assert node["output_data"] == {"value": [7]}


async def test_all_runs_of_a_graph_can_be_watched(client, user):
    execution = await sync_to_async(start)(user, GRAPH)
    await client.say("subscribe_graph_executions", graph_id=str(execution.graph_id), batch=True)
    assert (await client.hear())["channel"] == f"{user.pk}|graph#{execution.graph_id}|executions"

    second = await sync_to_async(services.start_execution)(
        version=execution.version, user=user, inputs={}
    )

    heard = {(await client.hear())["data"]["execution_id"]}
    if heard == {str(execution.pk)}:  # its first event was still on its way when we came
        heard = {(await client.hear())["data"]["execution_id"]}
    assert heard == {str(second.pk)}


@pytest.mark.parametrize(
    ("method", "name"),
    [("subscribe_graph_execution", "graph_exec_id"), ("subscribe_graph_executions", "graph_id")],
)
async def test_what_belongs_to_others_is_as_if_it_did_not_exist(client, method, name):
    stranger = await sync_to_async(User.objects.create_user)("other@example.com", "x")
    execution = await sync_to_async(start)(stranger, GRAPH)
    theirs = execution.pk if name == "graph_exec_id" else execution.graph_id
    answers = []
    for id_ in (theirs, uuid4()):
        await client.say(method, **{name: str(id_)})
        answers.append((await client.hear())["error"].replace(str(id_), "…"))

    assert answers[0] == answers[1]


async def test_after_unsubscribing_nothing_comes(client, user):
    execution = await sync_to_async(start)(user, GRAPH)
    await client.say(
        "subscribe_graph_execution", graph_exec_id=str(execution.pk), after_seq=1, batch=True
    )
    await client.hear()
    await client.say("unsubscribe", graph_exec_id=str(execution.pk))
    assert (await client.hear())["success"] is True

    await sync_to_async(work.fill_slots)()

    assert await client.receive_nothing(timeout=0.3)


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[1]",
        '{"data": {}}',
        '{"method": 5}',
        '{"method": "dance"}',
        '{"method": "subscribe_graph_execution", "data": []}',
        '{"method": "subscribe_graph_execution", "data": {"graph_exec_id": "x"}}',
        '{"method": "subscribe_graph_execution", "data": {"graph_exec_id": 1e999}}',
        '{"method": "unsubscribe"}',
    ],
)
async def test_a_wrong_message_is_answered_and_the_connection_lives_on(client, text):
    await client.send_text(text)
    assert (await client.hear())["success"] is False

    await client.say("heartbeat")
    assert (await client.hear())["success"] is True


async def test_a_wrong_starting_point_is_refused(client, user):
    execution = await sync_to_async(start)(user, GRAPH)
    await client.say(
        "subscribe_graph_execution", graph_exec_id=str(execution.pk), after_seq="latest"
    )

    assert "after_seq" in (await client.hear())["error"]


async def test_binary_messages_are_answered_too(client):
    await client.send_input({"type": "websocket.receive", "bytes": b"\x00\x01"})

    assert (await client.hear())["success"] is False


async def test_a_program_that_sends_no_origin_is_let_in_by_its_key(user):
    _, text = await sync_to_async(keys.issue)(user, name="test", permissions=Scope.values)

    assert await Client("/ws/", (b"x-api-key", text.encode()), origin=None).connect() == ACCEPTED


async def test_a_key_that_may_not_read_runs_may_not_watch_them(user):
    _, text = await sync_to_async(keys.issue)(user, name="test", permissions=[Scope.READ_BLOCKS])

    assert await Client("/ws/", (b"x-api-key", text.encode())).connect() == 4403


async def test_any_other_address_is_refused():
    assert await Client("/ws/elsewhere").connect() == 4404


async def test_a_revoked_key_ends_its_connection(user, monkeypatch):
    monkeypatch.setattr("executions.live.watching.CHECK_EVERY", 0)
    key, text = await sync_to_async(keys.issue)(user, name="test", permissions=Scope.values)
    client = Client("/ws/", (b"x-api-key", text.encode()))
    await client.connect()
    await sync_to_async(keys.revoke)(key)

    await client.say("heartbeat")

    assert (await client.receive_output(timeout=5))["code"] == 4401


async def test_a_flood_of_messages_ends_the_connection(client):
    for _ in range(300):
        await client.say("heartbeat")
    answers = [await client.receive_output(timeout=5) for _ in range(101)]

    assert answers[-1] == {"type": "websocket.close", "code": 1008}


async def test_watching_the_same_run_twice_is_refused(client, user):
    execution = await sync_to_async(run)(user, GRAPH)
    for _ in range(2):
        await client.say("subscribe_graph_execution", graph_exec_id=str(execution.pk), after_seq=99)

    assert (await client.hear())["success"] is True
    assert "already" in (await client.hear())["error"]


async def test_a_heartbeat_brings_what_redis_did_not_tell(client, user, monkeypatch):
    execution = await sync_to_async(start)(user, GRAPH)
    await client.say(
        "subscribe_graph_execution", graph_exec_id=str(execution.pk), after_seq=1, batch=True
    )
    await client.hear()
    monkeypatch.setattr("executions.events.tell", lambda *arguments, **more: None)
    await sync_to_async(work.fill_slots)()

    await client.say("heartbeat")

    events = await client.hear_events("COMPLETED")
    assert [event["seq"] for event in events] == list(range(2, len(events) + 2))
