"""The WebSocket with every kind of caller: who may connect, and who may watch what."""

from datetime import timedelta
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts import keys, logins, tokens
from accounts.limits.rates import Rate, RouteClass
from accounts.models import ApiKey, Scope, User
from accounts.teams.models import Membership
from executions import services as executions
from executions.live.consumers import ExecutionConsumer
from tests.access.conftest import PAST
from tests.access.routes import MEMBERS
from tests.executions.test_consumers import ACCEPTED, Client

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


@sync_to_async
def socket_of(owner, permissions=(Scope.READ_EXECUTIONS,), **changes):
    key, text = keys.issue(owner, name="x", permissions=permissions)
    ApiKey.objects.filter(pk=key.pk).update(**({"is_active": True} | changes))
    return Client("/ws/", (b"x-api-key", text.encode()))


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ({}, ACCEPTED),
        ({"permissions": set(Scope) - {Scope.READ_EXECUTIONS}}, 4403),
        ({"is_active": False}, 4401),
        ({"expires_at": PAST}, 4401),
        ({"revoked_at": PAST}, 4401),
    ],
    ids=["good", "without the permission", "suspended", "expired", "revoked"],
)
async def test_a_key_opens_the_door_or_not(user, key, code):
    client = await socket_of(user, **key)
    assert await client.connect() == code
    await client.disconnect()


async def test_a_closed_account_is_not_let_in(people):
    client = await socket_of(people["a closed account"])
    assert await client.connect() == 4401


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("subscribe_graph_execution", "graph_exec_id"),
        ("subscribe_graph_executions", "graph_id"),
    ],
)
async def test_what_is_anothers_is_answered_as_what_does_not_exist(people, firing, method, name):
    ids = {"graph_exec_id": firing.execution.pk, "graph_id": firing.execution.graph_id}
    heard = {}
    heard_by = {
        **dict.fromkeys(("a stranger", "an operator", "an admin"), False),
        **dict.fromkeys((*MEMBERS, "the owner"), True),
    }
    for who in heard_by:
        client = await socket_of(people[who])
        assert await client.connect() == ACCEPTED
        answers = []
        for id_ in (str(ids[name]), str(UUID(int=0))):
            await client.say(method, **{name: id_})
            answer = await client.hear()
            answers.append((answer["success"], answer.get("error", "").replace(id_, "…")))
            if answer["success"]:
                break
        heard[who] = answers[0] == answers[-1] and answers[0][0]
        assert len(answers) == (1 if heard_by[who] else 2)
        await client.disconnect()
    assert heard == heard_by


@pytest.fixture
def _checked_always(monkeypatch):
    """The right to be there is looked at with every message."""
    monkeypatch.setattr("executions.live.watching.CHECK_EVERY", -1.0)


def lose_the_permission(user):
    ApiKey.objects.filter(user=user).update(permissions=[Scope.IDENTITY])


def suspend_the_key(user):
    ApiKey.objects.filter(user=user).update(is_active=False)


def close_the_account(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.usefixtures("_checked_always")
@pytest.mark.parametrize("end", [lose_the_permission, suspend_the_key, close_the_account])
async def test_whoever_loses_the_right_loses_the_connection(user, end):
    client = await socket_of(user)
    await client.connect()
    await sync_to_async(end)(user)
    await client.say("heartbeat")
    assert (await client.receive_output(timeout=5))["code"] == 4401


@pytest.mark.usefixtures("_checked_always")
async def test_a_connection_ends_with_its_login(user):
    access = (await sync_to_async(tokens.open_session)(user))["access"]
    client = Client("/ws/", (b"authorization", f"Bearer {access}".encode()))
    assert await client.connect() == ACCEPTED
    await client.say("heartbeat")
    assert (await client.hear())["success"]
    await sync_to_async(logins.end_all)(user)
    await client.say("heartbeat")
    assert (await client.receive_output(timeout=5))["code"] == 4401


async def test_connections_are_limited_by_user(user, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {RouteClass.WEBSOCKET: Rate(1, 60)}
    first, second = await socket_of(user), await socket_of(user)
    for client, peer in ((first, "198.51.100.1"), (second, "198.51.100.2")):
        client.scope["client"] = (peer, 1)
    assert await first.connect() == ACCEPTED
    assert await second.connect() == 1008
    await first.disconnect()


async def test_every_subscription_is_looked_at_here():
    assert {name for name in ExecutionConsumer._METHODS if name.startswith("subscribe")} == {
        "subscribe_graph_execution",
        "subscribe_graph_executions",
        "subscribe_notifications",  # of oneself alone
    }


async def test_w_03_of_a_shared_graph_everybody_hears_their_own_runs(people, firing):
    graph_id = str(firing.execution.graph_id)
    owner, editor = [await socket_of(people[who]) for who in ("the owner", "an editor")]
    for client in (owner, editor):
        await client.connect()
        await client.say("subscribe_graph_executions", graph_id=graph_id)
        assert (await client.hear())["success"]
    await sync_to_async(start_by)(people["an editor"], firing.execution.version)
    assert (await editor.hear())["method"] == "graph_execution_event"
    await owner.say("heartbeat")
    assert (await owner.hear())["method"] == "heartbeat"
    for client in (owner, editor):
        await client.disconnect()


def start_by(person, version):
    inputs = {"text": "hello"}
    return executions.start_execution(version=version, user=person, inputs=inputs)


@pytest.mark.usefixtures("_checked_always")
async def test_who_leaves_the_team_hears_no_more_of_its_runs(people, firing, team):
    client = await socket_of(people["a viewer"])
    await client.connect()
    run = str(firing.execution.pk)
    await client.say("subscribe_graph_execution", graph_exec_id=run)
    channel = (await client.hear())["channel"]
    members = Membership.objects.filter(team=team, user=people["a viewer"])
    await sync_to_async(members.delete)()
    await client.say("heartbeat")
    assert await client.hear() == {"method": "unsubscribe", "success": True, "channel": channel}
    assert (await client.hear())["method"] == "heartbeat"
    await client.disconnect()


@pytest.mark.usefixtures("_checked_always")
async def test_w_07_a_connection_ends_with_its_token(user, monkeypatch):
    access = (await sync_to_async(tokens.open_session)(user))["access"]
    client = Client("/ws/", (b"authorization", f"Bearer {access}".encode()))
    assert await client.connect() == ACCEPTED
    later = timezone.now() + timedelta(minutes=16)
    monkeypatch.setattr("accounts.callers.timezone.now", lambda: later)
    await client.say("heartbeat")
    assert (await client.receive_output(timeout=5))["code"] == 4401


@pytest.mark.parametrize("size", [65_537, 2_000_000])
async def test_w_04_a_message_without_end_ends_the_connection(user, size):
    client = await socket_of(user)
    await client.connect()
    await client.send_text('{"method": "heartbeat", "data": "' + "x" * size + '"}')
    assert (await client.receive_output(timeout=5))["code"] == 1009
