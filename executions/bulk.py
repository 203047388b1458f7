"""What people do with several runs at once."""

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from accounts.models import User
from executions import services
from executions.errors import StillRunningError
from executions.models import Execution

MOST = 200


class Verb(StrEnum):
    """What is done with each of them."""

    STOP = "stop"
    DELETE = "delete"


def do_with_all(*, user: User, verb: Verb, ids: Collection[UUID]) -> int:
    """Stop or delete those of the runs that are the user's; tells with how many that was possible."""
    runs = Execution.objects.owned_by(user).filter(pk__in=list(ids)[:MOST])
    return sum(_does(verb, run) for run in runs)


def _does(verb: Verb, execution: Execution) -> bool:
    if verb is Verb.STOP:
        return services.stop(execution) is not None
    try:
        services.delete_execution(execution)
    except StillRunningError:
        return False
    return True
