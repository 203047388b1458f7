"""I11: each due time of a schedule was taken once and not before its time, and a schedule knows what comes next."""

from collections.abc import Iterator

from django.db.models import Count, F, Max
from django.db.models.functions import Now

from executions.triggers.models import Schedule, Tick


def violations() -> Iterator[str]:
    """A sentence for each contradiction between schedules, their ticks and the runs of these."""
    twice = Tick.objects.values("schedule", "due_at").annotate(n=Count("pk")).filter(n__gt=1)
    for row in twice:
        yield f"Schedule {row['schedule']}: took {row['n']} times {row['due_at']} (I11)"
    for tick in Tick.objects.filter(taken_at__lt=F("due_at")):
        yield f"Schedule {tick.schedule_id}: took a due time early, {tick} (I11)"
    yield from _left_behind()


def _left_behind() -> Iterator[str]:
    """What is due next is later than whatever was taken."""
    by_time = Schedule.objects.filter(ticks__is_by_hand=False).annotate(last=Max("ticks__due_at"))
    for schedule in by_time.filter(next_due_at__lte=F("last")).exclude(last__gt=Now()):
        yield f"Schedule {schedule.pk}: took {schedule.last}, but {schedule.next_due_at} is next (I11)"
