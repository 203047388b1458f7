"""What people do with schedules. The next due time is always counted from the database's now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from executions.triggers import keeping, kept, timing
from executions.triggers.models import Schedule
from graphs.models import GraphVersion

UPCOMING = 5


def now() -> datetime:
    """The database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def create_schedule(
    *, user: User, version: GraphVersion, is_pinned: bool, values: Mapping[str, Any]
) -> Schedule:
    """Make a schedule from its fields. Raises `TimingError`, and `InvalidGraphError` when its run could not start."""
    schedule = Schedule(user=user, graph_id=version.graph_id, starts_at=now())
    return _put(schedule, version, is_pinned, values)


def lay_by_schedule(
    *, user: User, version: GraphVersion, is_pinned: bool, values: Mapping[str, Any]
) -> Schedule:
    """Make a paused one, which may lack inputs and credentials, and whose only moment may have passed.

    Raises `TimingError`, and `InvalidGraphError` for inputs that the graph does not take.
    """
    moment = now()
    schedule = Schedule(user=user, graph_id=version.graph_id, starts_at=moment, is_paused=True)
    _fill(schedule, version, is_pinned, values)
    timing.check_form(schedule.timing)
    _require_sound(schedule, version, is_complete=False)
    return _save(schedule, moment)


@transaction.atomic
def change_schedule(
    schedule: Schedule, version: GraphVersion, *, is_pinned: bool, values: Mapping[str, Any]
) -> Schedule:
    """Replace what it does, from now on. Raises as `create_schedule` does."""
    return _put(keeping.locked(schedule), version, is_pinned, values)


def _put(
    schedule: Schedule, version: GraphVersion, is_pinned: bool, values: Mapping[str, Any]
) -> Schedule:
    moment = now()
    _fill(schedule, version, is_pinned, values)
    timing.check(schedule.timing, moment)
    _require_sound(schedule, version, is_complete=True)
    return _save(schedule, moment)


def _fill(
    schedule: Schedule, version: GraphVersion, is_pinned: bool, values: Mapping[str, Any]
) -> None:
    for name, value in values.items():
        setattr(schedule, name, value)
    schedule.version = version.version if is_pinned else None


def _require_sound(schedule: Schedule, version: GraphVersion, *, is_complete: bool) -> None:
    inputs, given = schedule.inputs, schedule.credentials_inputs
    kept.require_sound(schedule.user, version, inputs, given, is_complete=is_complete)


def _save(schedule: Schedule, moment: datetime) -> Schedule:
    schedule.next_due_at = None if schedule.is_paused else schedule.timing.next(moment)
    schedule.tried_at = None
    schedule.save()
    return schedule


@transaction.atomic
def set_paused(schedule: Schedule, is_paused: bool) -> Schedule:
    """Nothing is due until it is resumed; then the next due time counts, and what would have been due meanwhile does not."""
    schedule = keeping.locked(schedule)
    if schedule.is_paused == is_paused:
        return schedule
    schedule.is_paused = is_paused
    keeping.audit(schedule, "pause" if is_paused else "resume")
    return _save(schedule, now())


def upcoming(schedule: Schedule, moment: datetime) -> list[datetime]:
    """Its next due times; none while it is paused."""
    return [] if schedule.is_paused else schedule.timing.upcoming(moment, UPCOMING)
