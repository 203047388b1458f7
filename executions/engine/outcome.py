"""How a run stands after a burst, and how it ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from executions.engine.plan import Plan
from executions.engine.status import Status


@dataclass(frozen=True, slots=True)
class Failure:
    """A node execution that FAILED, and that neither its error pin nor a try around it has handled."""

    node_id: str
    message: str


def standing(open_statuses: Iterable[Status]) -> Status | None:
    """The status of a run with these open node executions; None when nothing is open and the run is over."""
    statuses = set(open_statuses)
    if not statuses:
        return None
    return Status.WAITING if statuses == {Status.WAITING} else Status.RUNNING


def verdict(plan: Plan, unhandled: Sequence[Failure]) -> tuple[Status, str]:
    """The final status of a run that is over, and the sentence that explains a failure."""
    if not unhandled or plan.on_error == "continue":
        return Status.COMPLETED, ""
    first = unhandled[0]
    message = f"{plan.nodes[first.node_id].title}: {first.message}"
    others = sorted({plan.nodes[failure.node_id].title for failure in unhandled[1:]})
    if others:
        message += f" (also failed: {', '.join(others[:10])})"
    return Status.FAILED, message
