"""A WebSocket on which nothing is said ends with the login by which it was opened, too."""

import pytest
from asgiref.sync import sync_to_async

from accounts import logins, tokens
from accounts.models import ApiKey, User
from executions.live import watching
from tests.access.test_websocket import ACCEPTED, socket_of
from tests.executions.test_consumers import Client

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(watching, "CHECK_EVERY", 0.05)


@pytest.mark.parametrize(
    "end",
    [
        lambda user: ApiKey.objects.filter(user=user).update(is_active=False),
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    ],
    ids=["the key is suspended", "the account is closed"],
)
async def test_w_07_an_idle_connection_ends_with_its_key(user, end):
    client = await socket_of(user)
    assert await client.connect() == ACCEPTED
    await sync_to_async(end)(user)
    assert (await client.receive_output(timeout=10))["code"] == 4401


async def test_w_07_an_idle_connection_ends_with_its_login(user):
    access = (await sync_to_async(tokens.open_session)(user))["access"]
    client = Client("/ws/", (b"authorization", f"Bearer {access}".encode()))
    assert await client.connect() == ACCEPTED
    await sync_to_async(logins.end_all)(user)
    assert (await client.receive_output(timeout=10))["code"] == 4401


async def test_a_connection_that_is_still_good_stays(user):
    client = await socket_of(user)
    assert await client.connect() == ACCEPTED
    assert await client.receive_nothing(timeout=0.3)
    await client.say("heartbeat")
    assert (await client.hear())["method"] == "heartbeat"
    await client.disconnect()
