"""What people do alike with all that starts runs for them: pause, delete; and what is written down about it."""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.log import record
from accounts.audit.models import Action
from executions.errors import NotActiveError
from executions.triggers.models import Kept, Trigger
from graphs.models import GraphVersion

Row = TypeVar("Row", bound=Trigger)


def version_of(kept: Kept, number: int | None = None) -> GraphVersion:
    """What it runs now: this version, or the one that is active. Raises `NotActiveError`."""
    try:
        return GraphVersion.objects.runnable(kept.user, kept.graph_id, number)
    except (GraphVersion.DoesNotExist, PermissionDenied):
        raise NotActiveError(_("The version that this runs is not there (any more)")) from None


def locked(row: Row) -> Row:
    """The row as it is now; whoever has it in their hands is waited for."""
    rows = type(row)._default_manager.select_for_update(of=("self",))
    found: Row = rows.select_related("user", "graph").get(pk=row.pk)
    return found


@transaction.atomic
def set_paused(row: Row, is_paused: bool) -> Row:
    """Start nothing, or go on."""
    row = locked(row)
    row.is_paused = is_paused
    row.save(update_fields=["is_paused", "updated_at"])
    audit(row, "pause" if is_paused else "resume")
    return row


@transaction.atomic
def delete(row: Trigger) -> None:
    """Forget it and what came to it; runs stay."""
    audit(row, "delete")
    row.delete()


def audit(row: Trigger, verb: str, **details: Any) -> None:
    """Write down who has done this with it."""
    target = f"{row._meta.model_name}: {row.name} ({row.pk})"
    record(Action.TRIGGER, actor=row.user, target=target, verb=verb, **details)
