"""One-use tickets for the WebSocket: an address ends up in logs, so no lasting secret may be in it."""

import hashlib
import secrets
from typing import cast

from django.core.cache import cache

from accounts.models import User

LIFETIME = 30  # seconds


def issue(user: User) -> str:
    """A text that opens one connection for this user."""
    ticket = secrets.token_urlsafe(32)
    cache.set(_key(ticket), [str(user.pk), user.get_session_auth_hash()], LIFETIME)
    return ticket


def redeem(ticket: str) -> User | None:
    """The user of a ticket that was not used before and has not expired, or None."""
    found = cast("list[str] | None", cache.get(_key(ticket)))
    # Of two who come with the same ticket, one deletes it.
    if found is None or not cache.delete(_key(ticket)):
        return None
    user_id, login_hash = found
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return user if user and user.get_session_auth_hash() == login_hash else None


def _key(ticket: str) -> str:
    return f"ws-ticket:{hashlib.sha256(ticket.encode()).hexdigest()}"
