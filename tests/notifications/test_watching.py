"""Hearing of notifications over the WebSocket."""

import pytest
from asgiref.sync import sync_to_async

from accounts import keys
from accounts.models import Scope
from executions.notifications import spreading
from executions.notifications.models import Notification
from tests.executions.scene import drawing, run
from tests.executions.test_consumers import ACCEPTED, Client

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

FAILING = drawing({"a": ("test_pure", {"does": "fail"})})


async def client_of(user, *scopes):
    issued = await sync_to_async(keys.issue)(user, name="x", permissions=scopes)
    client = Client("/ws/", (b"x-api-key", issued[1].encode()), origin=None)
    assert await client.connect() == ACCEPTED
    return client


async def test_what_is_new_on_the_page_is_told_to_its_user_alone(user, stranger):
    mine, other = await client_of(user, *Scope), await client_of(stranger, *Scope)
    for client in (mine, other):
        await client.say("subscribe_notifications")
        assert (await client.hear())["success"]
    await sync_to_async(run)(user, FAILING)
    await sync_to_async(spreading.spread)()
    told = await mine.hear()
    notification = await sync_to_async(Notification.objects.get)()
    assert (told["method"], told["data"]) == (
        "notification",
        {"id": str(notification.pk), "event": "run.failed"},
    )
    assert await other.receive_nothing()
    await mine.say("unsubscribe", notifications=True)
    assert (await mine.hear())["channel"] == f"{user.pk}|notifications"
    for client in (mine, other):
        await client.disconnect()


async def test_a_key_without_the_permission_hears_why(user):
    client = await client_of(user, Scope.READ_EXECUTIONS)
    await client.say("subscribe_notifications")
    answer = await client.hear()
    assert not answer["success"]
    assert "read_notifications" in answer["error"]
    await client.disconnect()
