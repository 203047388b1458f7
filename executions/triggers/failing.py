"""Tells the owner of a schedule that it fails: a due time got no run, or run after run has failed."""

from database import statements
from executions.engine.status import Status
from executions.rows import notifications
from executions.rows.notifications import Event, Told
from executions.triggers.models import Schedule, Tick

STREAK = 3  # runs that fail one after the other
_LOOK_BACK = 20  # due times


def tell_if_failing(schedule: Schedule) -> None:
    """Tell it once since the last run that has ended well."""
    if not notifications.is_wanted(Event.SCHEDULE, schedule.user.told_of):
        return
    rows = Tick.objects.filter(schedule=schedule).select_related("execution").newest_first()
    ticks = list(rows.defer("execution__inputs", "execution__outputs")[:_LOOK_BACK])
    good = next((tick for tick in ticks if _status(tick) == Status.COMPLETED), None)
    if good is None and len(ticks) == _LOOK_BACK:
        return  # it has been told
    error = _error_in(ticks[: ticks.index(good)] if good else ticks)
    if error is not None:
        data = {"schedule_id": schedule.pk, "name": schedule.name, "error": error}
        key = f"schedule:{schedule.pk}:{good.pk if good else 0}"
        told = Told(schedule.user_id, Event.SCHEDULE, data, key=key)
        statements.run(*notifications.insertion([told]))


def _status(tick: Tick) -> str:
    return tick.execution.status if tick.execution else ""


def _error_in(ticks: list[Tick]) -> str | None:
    """Why a schedule with these due times since its last good run fails; None when it does not."""
    refused = [tick.error for tick in ticks if tick.result == Tick.Result.REFUSED]
    if refused:
        return refused[0]
    failed = [tick.execution for tick in ticks if _status(tick) == Status.FAILED]
    return failed[0].error if len(failed) >= STREAK and failed[0] else None
