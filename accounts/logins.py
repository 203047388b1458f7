"""Where somebody is logged in, with browsers and with programs; one of these logins, or all, can be ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.models import BrowserSession, LoginSession, User


@dataclass(frozen=True, slots=True)
class Login:
    """A login that is open."""

    id: UUID
    kind: Literal["browser", "program"]
    address: str
    agent: str
    created_at: datetime | None
    expires_at: datetime


def open_logins(user: User) -> list[Login]:
    """All of them, the newest first."""
    found = [*_browsers(user), *_programs(user)]
    return sorted(found, key=lambda login: login.expires_at, reverse=True)


@transaction.atomic
def end(user: User, login_id: UUID) -> bool:
    """End one of their logins; False if they have no such login."""
    browsers, _deleted = user.browser_sessions.filter(public_id=login_id).delete()
    programs = user.login_sessions.filter(pk=login_id, ended_at=None).update(
        ended_at=timezone.now(), end_reason=LoginSession.End.ENDED
    )
    if browsers or programs:
        record(Action.LOGOUT, actor=user, target=login_id)
    return bool(browsers or programs)


@transaction.atomic
def end_all(user: User) -> None:
    """End every login of a user, in browsers and programs, with the tokens and tickets of these. API keys stay."""
    User.objects.filter(pk=user.pk).update(login_generation=F("login_generation") + 1)
    forget_all(user)
    record(Action.LOGOUT, actor=user, target="everywhere")


def forget_all(user: User) -> None:
    """Drop the logins of somebody whose password or generation is another now: they open nothing any more."""
    user.browser_sessions.all().delete()
    user.login_sessions.filter(ended_at=None).update(
        ended_at=timezone.now(), end_reason=LoginSession.End.ENDED
    )


def _browsers(user: User) -> Iterator[Login]:
    rows: list[BrowserSession] = list(
        user.browser_sessions.filter(expire_date__gt=timezone.now()).defer("session_data")
    )
    for row in rows:
        facts = (row.address, row.agent, row.created_at, row.expire_date)
        yield Login(row.public_id, "browser", *facts)


def _programs(user: User) -> Iterator[Login]:
    for row in user.login_sessions.filter(ended_at=None, expires_at__gt=timezone.now()):
        yield Login(row.pk, "program", row.address, row.agent, row.created_at, row.expires_at)
