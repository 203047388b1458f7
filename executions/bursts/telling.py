"""What the user of a run is told of it: that it has ended, or that it waits for their answer."""

from collections.abc import Iterable, Iterator

from blocks.base import WaitsFor
from executions.engine.firing import Firing
from executions.engine.status import Status
from executions.rows.notifications import Event, Told, is_wanted
from executions.rows.turns import Run

MOST_QUESTIONS = 20  # that are named; of more only how many there are is said
ENDS = {Status.COMPLETED: Event.FINISHED, Status.FAILED: Event.FAILED}
_PEOPLE = {WaitsFor.PERSON, WaitsFor.APPROVAL}


def told_by(run: Run, status: Status, error: str, changed: Iterable[Firing]) -> Iterator[Told]:
    """What to write down of a run that stands like this after a burst that changed these.

    How a child run ends is its parent's business; what it asks is the user's.
    """
    event = ENDS.get(status)
    if event and run.parent_id is None and is_wanted(event, run.told_of):
        yield Told(run.user_id, event, {"error": error}, run.id)
    if not status.is_final and is_wanted(Event.WAITING, run.told_of):
        asked = [str(each.id) for each in changed if _asks_somebody(each)]
        if asked:
            data = {"questions": asked[:MOST_QUESTIONS], "count": len(asked)}
            yield Told(run.user_id, Event.WAITING, data, run.id)


def _asks_somebody(firing: Firing) -> bool:
    wait = firing.wait if firing.status is Status.WAITING else None
    return wait is not None and wait.waits_for in _PEOPLE
