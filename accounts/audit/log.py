"""The one function that writes the audit log, in the transaction of what it tells of."""

from typing import Any

from accounts.audit.models import Action, AuditEntry
from accounts.models import User
from accounts.requests import current_request

_LONGEST_TARGET = 200


def record(
    action: Action,
    *,
    actor: User | None = None,
    name: str = "",
    target: object = "",
    **details: Any,
) -> AuditEntry:
    """Write down that `actor` did something to `target`. `name` is for people who have no account; no secrets here."""
    request = current_request.get()
    return AuditEntry.objects.create(
        action=action,
        actor_id=actor.pk if actor else None,
        actor_name=_storable(actor.email if actor else name)[:254],
        target=_storable(str(target))[:_LONGEST_TARGET],
        details=details,
        address=request.address,
        request_id=request.id,
    )


def _storable(text: str) -> str:
    """Without what the database refuses."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
