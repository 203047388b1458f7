"""Deletes what is older than it shall be, in small pieces.

Rule 1: a run is deleted only when it has ended, its parent too; its row is locked, and rows that somebody holds are
left for the next time.
Rule 2: each piece is a transaction of its own, so a kill loses nothing, and nobody waits for long.
Rule 3: the shorter of what the user and the installation say counts.
"""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import DurationField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, Least, Now

from executions.engine.status import OPEN
from executions.files import services as files
from executions.files.models import StoredFile
from executions.models import Event, Execution

_RUNS, _EVENTS, _FILES = 20, 2_000, 100  # in one piece
GONE_AFTER = timedelta(days=1)  # runs that somebody has deleted
_FOREVER = 100_000  # days


def sweep() -> dict[str, int]:
    """Delete everything whose time is over; returns how much of what."""
    return {
        "runs": _until_done(delete_some_runs),
        "events": _until_done(_delete_some_events),
        "files": _until_done(_delete_some_files),
    }


def _until_done(delete_some: Callable[[], int]) -> int:
    total = 0
    while count := delete_some():
        total += count
    return total


def _oldest(kind: str, user: str) -> CombinedExpression:
    """The moment before which things of a row's user are too old."""
    given = getattr(settings, f"RETENTION_{kind.upper()}_DAYS") or _FOREVER
    days = Least(Coalesce(F(f"{user}__retention__{kind}_days"), Value(_FOREVER)), Value(given))
    span = Func(
        days, template="make_interval(days => %(expressions)s)", output_field=DurationField()
    )
    return Now() - span


def ended() -> QuerySet[Execution]:
    """Runs that nothing can need any more."""
    is_part = Q(parent__execution__status__in=OPEN)
    return Execution.objects.exclude(status__in=OPEN).exclude(is_part).exclude(ended_at=None)


def delete_some_runs(only: Q | None = None) -> int:
    """Delete a few runs that are too old or were deleted by their user, or those that `only` names."""
    too_old = Q(ended_at__lt=F("oldest")) | Q(deleted_at__lt=Now() - GONE_AFTER)
    runs = ended().annotate(oldest=_oldest("run", "user"))
    due = runs.filter(too_old if only is None else only).order_by("pk")
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True, of=("self",))[:_RUNS])
        for row in rows:
            files.delete_of_run(row)
        Execution.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _delete_some_events() -> int:
    rows = Event.objects.annotate(oldest=_oldest("event", "execution__user"))
    old = rows.filter(execution__ended_at__lt=F("oldest")).exclude(execution__status__in=OPEN)
    ids = list(old.values_list("pk", flat=True)[:_EVENTS])
    return Event.objects.filter(pk__in=ids).delete()[0] if ids else 0


def _delete_some_files() -> int:
    rows = StoredFile.objects.annotate(oldest=_oldest("file", "owner"))
    free = (
        rows.filter(created_at__lt=F("oldest"))
        .filter(Q(execution=None) | ~Q(execution__status__in=OPEN))
        .order_by("pk")
    )
    with transaction.atomic():
        old = list(free.select_for_update(skip_locked=True, of=("self",))[:_FILES])
        for row in old:
            files.delete(row)
    return len(old)
