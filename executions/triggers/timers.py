"""Starts what schedules have due. Any number of processes may do this at once; the rows are the timers.

Rule 1: the database's clock says what is due, whatever the clock of this machine says.
Rule 2: a schedule's row is locked (SKIP LOCKED) while its due times become ticks and runs and its next due time moves,
in one transaction. A kill leaves all of it or nothing; two schedulers never take the same due time.
Rule 3: a schedule whose run cannot start stays, and says so in its history.
Rule 4: that somebody tries a schedule is committed before; those that nobody has tried come first. So one that breaks
its scheduler again and again, by a fault or by killing it, keeps nobody else waiting.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from accounts.errors import RunRefusedError
from executions import failpoints, services
from executions.models import Execution, Source
from executions.triggers.failing import tell_if_failing
from executions.triggers.models import Schedule, Tick
from executions.triggers.schedules import now
from graphs.errors import InvalidGraphError
from graphs.models import GraphVersion

# A due time is missed when nobody took it for so long. Pollers look every second; a busy moment is no absence.
GRACE = timedelta(minutes=1)
MAX_CATCH_UP = 100  # runs that one absence can lead to, and rows of what was missed
_AT_ONCE = 100  # schedules in one go; the next go follows in a second
_STEPS = 10_000  # due times looked at in one transaction

CatchUp, Overlap, Result = Schedule.CatchUp, Schedule.Overlap, Tick.Result

_TRY = """
UPDATE triggers_schedule SET tried_at = clock_timestamp() WHERE id = (
    SELECT schedule.id FROM triggers_schedule AS schedule
      JOIN accounts_user ON accounts_user.id = schedule.user_id AND accounts_user.is_active
      JOIN graphs_graph AS graph ON graph.id = schedule.graph_id AND graph.deleted_at IS NULL
     WHERE schedule.next_due_at <= clock_timestamp()
     ORDER BY schedule.tried_at NULLS FIRST, schedule.next_due_at LIMIT 1 FOR UPDATE OF schedule SKIP LOCKED)
RETURNING id
"""
_TAKE = """
SELECT clock_timestamp() FROM triggers_schedule
 WHERE id = %s AND next_due_at <= clock_timestamp() FOR UPDATE SKIP LOCKED
"""


def fire_due() -> int:
    """Take what is due, schedule by schedule; returns how many were taken."""
    taken = 0
    for _ in range(_AT_ONCE):
        tried = _first_row(_TRY)
        if tried is None:
            break
        taken += _fire(tried[0])
    return taken


def _first_row(statement: str, *parameters: UUID) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


@transaction.atomic
def _fire(schedule_id: UUID) -> bool:
    """False when somebody else was faster."""
    row = _first_row(_TAKE, schedule_id)
    if row is None:
        return False
    [taken_at] = row
    schedule = Schedule.objects.select_related("user").get(pk=schedule_id)
    failpoints.hit("schedule.taken")
    passed = _passed(schedule, taken_at)
    for due, count in _missed(schedule.catch_up, passed, taken_at):
        _record(schedule, due, taken_at, Result.MISSED, count=count)
    for due in _wanted(schedule.catch_up, passed, taken_at):
        _start(schedule, due, taken_at)
    tell_if_failing(schedule)
    schedule.next_due_at, schedule.tried_at = passed.next, None
    schedule.save(update_fields=["next_due_at", "tried_at"])
    failpoints.hit("schedule.before_commit")
    return True


@dataclass(frozen=True, slots=True)
class _Passed:
    """Due times that have passed: the newest, and how many there were before these; and the one to look at next."""

    newest: Sequence[datetime]
    earlier: int
    next: datetime | None
    is_all: bool  # False after so long an absence that another go has to look at the rest


def _passed(schedule: Schedule, taken_at: datetime) -> _Passed:
    assert schedule.next_due_at
    newest: deque[datetime] = deque([schedule.next_due_at], maxlen=MAX_CATCH_UP)
    count = 1
    for due in schedule.timing.after(schedule.next_due_at):
        if due > taken_at or count == _STEPS:
            return _Passed(tuple(newest), count - len(newest), due, is_all=due > taken_at)
        newest.append(due)
        count += 1
    return _Passed(tuple(newest), count - len(newest), None, is_all=True)


def _wanted(catch_up: str, passed: _Passed, taken_at: datetime) -> Sequence[datetime]:
    """The due times that get a run."""
    if not passed.is_all:
        return []
    if catch_up == CatchUp.ALL:
        return passed.newest[1:] if passed.earlier else passed.newest
    latest = passed.newest[-1]
    is_on_time = taken_at - latest <= GRACE
    return [latest] if is_on_time or catch_up == CatchUp.LATEST else []


def _missed(catch_up: str, passed: _Passed, taken_at: datetime) -> Iterator[tuple[datetime, int]]:
    """The due times that get none, and for how many each stands."""
    wanted = set(_wanted(catch_up, passed, taken_at))
    missed = [due for due in passed.newest if due not in wanted]
    for index, due in enumerate(missed):
        yield due, 1 + (passed.earlier if index == 0 else 0)


def _start(schedule: Schedule, due: datetime, taken_at: datetime) -> None:
    if schedule.overlap == Overlap.SKIP and _is_running(schedule):
        _record(schedule, due, taken_at, Result.OVERLAPPED)
        return
    try:
        execution = _run(schedule)
    except GraphVersion.DoesNotExist:
        _record(
            schedule, due, taken_at, Result.REFUSED, error="This version is not there (any more)"
        )
    except (PermissionDenied, InvalidGraphError, RunRefusedError) as error:
        _record(schedule, due, taken_at, Result.REFUSED, error=str(error))
    else:
        _record(schedule, due, taken_at, Result.STARTED, execution=execution)


def _run(schedule: Schedule) -> Execution:
    version = GraphVersion.objects.runnable(schedule.user, schedule.graph_id, schedule.version)
    return services.start_execution(
        version=version,
        user=schedule.user,
        inputs=schedule.inputs,
        source=Source.SCHEDULE,
        credentials_inputs=schedule.credentials_inputs,
    )


def _is_running(schedule: Schedule) -> bool:
    return Execution.objects.unfinished().filter(tick__schedule=schedule).exists()


def _record(
    schedule: Schedule, due: datetime, taken_at: datetime, result: Tick.Result, **more: object
) -> Tick:
    return Tick.objects.create(
        schedule=schedule, due_at=due, taken_at=taken_at, result=result, **more
    )


@transaction.atomic
def run_now(schedule: Schedule) -> Execution:
    """Start a run by hand; the due times stay as they are. Raises what starting a run raises."""
    Schedule.objects.select_for_update().get(pk=schedule.pk)  # two at once are two moments
    execution = _run(schedule)
    moment = now()
    _record(schedule, moment, moment, Result.STARTED, execution=execution, is_by_hand=True)
    return execution


def forget_old() -> None:
    """Drop the history that is older than `HISTORY_DAYS`."""
    oldest = now() - timedelta(days=settings.HISTORY_DAYS)
    Tick.objects.filter(taken_at__lt=oldest).delete()
