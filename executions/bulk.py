"""What people do with several runs at once."""

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from accounts.errors import RunRefusedError
from accounts.models import User
from executions import services
from executions.engine.status import Status
from executions.errors import StillRunningError
from executions.models import Execution
from executions.replays.services import run_again
from graphs import sharing
from graphs.errors import InvalidGraphError

MOST = 200


class Verb(StrEnum):
    """What is done with each of them."""

    STOP = "stop"
    DELETE = "delete"
    RETRY = "retry"  # those that failed, once more


def do_with_all(*, user: User, verb: Verb, ids: Collection[UUID]) -> int:
    """Do it with those of the runs that are the user's; tells with how many that was possible."""
    runs = Execution.objects.owned_by(user).select_related("graph", "version__graph", "user")
    runs = runs.filter(pk__in=list(ids)[:MOST]).newest_first().reverse()
    return sum(_does(verb, run) for run in runs)


def _does(verb: Verb, execution: Execution) -> bool:
    if verb is Verb.STOP:
        return services.stop(execution) is not None
    if verb is Verb.RETRY:
        return _is_retried(execution)
    try:
        services.delete_execution(execution)
    except StillRunningError:
        return False
    return True


def _is_retried(execution: Execution) -> bool:
    graph = execution.graph
    may_run = graph.deleted_at is None and sharing.may_edit(graph, execution.user)
    if execution.status != Status.FAILED or not may_run:
        return False
    try:
        run_again(execution, execution.user)
    except (InvalidGraphError, RunRefusedError):
        return False
    return True
