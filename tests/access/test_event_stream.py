"""The event stream of a run ends for whoever loses the right to look at it."""

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import AsyncClient

from accounts import keys, logins, tokens
from accounts.models import ApiKey, LoginSession, Scope, User
from accounts.teams.models import Membership

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_always")]


@pytest.fixture
def _always(monkeypatch, settings):
    """The right to be there is looked at with every line."""
    monkeypatch.setattr("executions.live.watching.CHECK_EVERY", -1.0)
    settings.POLL_SECONDS = 0.01


def with_key(person):
    return keys.issue(person, name="x", permissions=[Scope.READ_EXECUTIONS])[1]


def with_token(person):
    return tokens.open_session(person)["access"]


def lose_the_permission(person):
    ApiKey.objects.filter(user=person).update(permissions=[Scope.IDENTITY])


def revoke_the_key(person):
    keys.revoke(ApiKey.objects.get(user=person))


def close_the_account(person):
    User.objects.filter(pk=person.pk).update(is_active=False)


def end_the_login(person):
    logins.end(person, LoginSession.objects.get(user=person).pk)


def leave_the_team(person):
    Membership.objects.filter(user=person).delete()


@pytest.mark.parametrize(
    ("who", "known_by", "end"),
    [
        ("the owner", with_key, lose_the_permission),
        ("the owner", with_key, revoke_the_key),
        ("the owner", with_key, close_the_account),
        ("the owner", with_token, end_the_login),
        ("the owner", with_token, logins.end_all),
        ("a viewer", with_key, leave_the_team),
    ],
)
def test_a_stream_ends_with_the_right_to_it(people, firing, who, known_by, end):
    person = people[who]
    secret = known_by(person)

    async def lines():
        address = f"/api/executions/{firing.execution.pk}/events"
        answer = await AsyncClient().get(address, headers={"authorization": f"Bearer {secret}"})
        stream = aiter(answer.streaming_content)
        first = await anext(stream)
        await sync_to_async(end)(person)
        return first, [line async for line in stream]

    assert async_to_sync(lines)() == (b": nothing new\n\n", [])


def test_a_stream_goes_on_for_whoever_keeps_the_right(people, firing):
    secret = with_token(people["the owner"])

    async def lines():
        address = f"/api/executions/{firing.execution.pk}/events"
        answer = await AsyncClient().get(address, headers={"authorization": f"Bearer {secret}"})
        stream = aiter(answer.streaming_content)
        return [await anext(stream) for _ in range(3)]

    assert async_to_sync(lines)() == [b": nothing new\n\n"] * 3
