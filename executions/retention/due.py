"""What is too old: the shorter of what the user and the installation say counts.

Each rule finds its rows by an index, so that an hourly look costs as much as there is to delete: the rule of the installation
by ids of runs, which begin with the time, those of people by the list of their runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from executions.engine.status import OPEN
from executions.files.models import StoredFile
from executions.models import Event, Execution
from executions.retention.models import Policy
from executions.retention.partitions import first_id

GONE_AFTER = timedelta(days=1)  # runs that somebody has deleted


@dataclass(frozen=True, slots=True)
class Rule:
    """What ended before `oldest` is to go: one person's, or everybody's."""

    oldest: datetime
    user_id: UUID | None = None

    def owned(self, field: str) -> Q:
        """Theirs; `field` is where rows have the user."""
        return Q(**{field: self.user_id}) if self.user_id else Q()


def rules(kind: str, now: datetime) -> Iterator[Rule]:
    """For runs, events or files (`kind` is "run", "event" or "file")."""
    name = f"{kind}_days"
    if usual := getattr(settings, f"RETENTION_{name.upper()}"):
        yield Rule(now - timedelta(days=usual))
    own = Policy.objects.exclude(**{name: None})
    shorter = own.filter(**{f"{name}__lt": usual}) if usual else own
    for user_id, days in shorter.order_by("pk").values_list("pk", name):
        yield Rule(now - timedelta(days=days), user_id)


def ended() -> QuerySet[Execution]:
    """Runs that nothing can need any more: their parents have ended, too."""
    is_part = Q(parent__execution__status__in=OPEN)
    return Execution.objects.exclude(status__in=OPEN).exclude(is_part).exclude(ended_at=None)


def runs(now: datetime) -> Iterator[QuerySet[Execution]]:
    """Those that are too old, the oldest first, and those that their users have deleted."""
    for rule in rules("run", now):
        own = ended().filter(rule.owned("user"), ended_at__lt=rule.oldest)
        order = ("created_at", "pk") if rule.user_id else ("pk",)
        yield own.filter(pk__lt=first_id(rule.oldest)).order_by(*order)
    yield ended().filter(deleted_at__lt=now - GONE_AFTER).order_by("deleted_at")


def events(now: datetime) -> Iterator[QuerySet[Event]]:
    """Of runs that stay, or that go later."""
    for rule in rules("event", now):
        old = Q(execution__ended_at__lt=rule.oldest, execution_id__lt=first_id(rule.oldest))
        own = Event.objects.filter(old, rule.owned("execution__user"))
        free = own.exclude(execution__status__in=OPEN)
        # In order only where that is what finds them: those of one person are found by their runs.
        yield free if rule.user_id else free.order_by("execution_id")


def files(now: datetime) -> Iterator[QuerySet[StoredFile]]:
    """Those that no run can need any more."""
    is_free = Q(execution=None) | ~Q(execution__status__in=OPEN)
    for rule in rules("file", now):
        own = StoredFile.objects.filter(rule.owned("owner"), is_free, created_at__lt=rule.oldest)
        yield own.order_by("pk")
