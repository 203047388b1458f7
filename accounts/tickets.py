"""One-use tickets for the WebSocket: an address ends up in logs, so no lasting secret may be in it."""

import hashlib
import secrets
from typing import TypedDict, cast
from uuid import UUID

from django.core.cache import cache
from django.utils import timezone

from accounts.callers import Caller
from accounts.models import ApiKey, User

LIFETIME = 30  # seconds


class _Ticket(TypedDict):
    """Whom it lets in, and what they were known by: a connection ends with that."""

    user: str
    login_hash: str
    key: str | None
    login: str | None
    until: float | None


def issue(caller: Caller) -> str:
    """A text that opens one connection for whoever asks for it."""
    ticket = secrets.token_urlsafe(32)
    known = _Ticket(
        user=str(caller.user.pk),
        login_hash=caller.user.get_session_auth_hash(),
        key=str(caller.key.pk) if caller.key else None,
        login=str(caller.login_id) if caller.login_id else None,
        until=caller.until,
    )
    cache.set(_key(ticket), known, LIFETIME)
    return ticket


def redeem(ticket: str) -> Caller | None:
    """Who asked for a ticket that was not used before and has not expired, or None."""
    known = cast("_Ticket | None", cache.get(_key(ticket)))
    # Of two who come with the same ticket, one deletes it.
    if known is None or not cache.delete(_key(ticket)):
        return None
    user = User.objects.filter(pk=known["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != known["login_hash"]:
        return None
    if known["key"]:
        key = ApiKey.objects.usable(timezone.now()).filter(pk=known["key"]).first()
        return Caller(user, key=key) if key else None
    login_id = UUID(known["login"]) if known["login"] else None
    return Caller(user, login_id=login_id, until=known["until"])


def _key(ticket: str) -> str:
    return f"ws-ticket:{hashlib.sha256(ticket.encode()).hexdigest()}"
