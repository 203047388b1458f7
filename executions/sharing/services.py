"""What people do with links to their runs: make one, take it back, follow one."""

from executions.models import Execution
from executions.sharing.models import SharedRun


def share(execution: Execution) -> SharedRun:
    """The link of the run; doing it again gives the same one."""
    return SharedRun.objects.get_or_create(execution=execution)[0]


def unshare(execution: Execution) -> None:
    """The link opens nothing any more; sharing again makes a new one."""
    SharedRun.objects.filter(execution=execution).delete()


def run_of(token: str) -> Execution:
    """The run that the link shows. Raises `DoesNotExist`, also when the run was deleted."""
    runs = Execution.objects.select_related("graph", "version").filter(deleted_at=None)
    return runs.get(shared__token=token)
