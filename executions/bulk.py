"""What people do with several runs at once."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import RunRefusedError
from accounts.lists import Verb, Verbs
from accounts.models import User
from executions import services
from executions.engine.status import Status
from executions.errors import StillRunningError
from executions.models import Execution, ExecutionQuerySet
from executions.replays.services import run_again
from graphs import sharing
from graphs.errors import InvalidGraphError


def oldest_first(user: User) -> ExecutionQuerySet:
    """The user's runs, with what the verbs need, in the order in which they began."""
    runs = Execution.objects.owned_by(user).newest_first().reverse()
    return runs.select_related("graph", "version__graph", "user")


def _is_stopped(execution: Execution) -> bool:
    return services.stop(execution) is not None


def _is_retried(execution: Execution) -> bool:
    graph = execution.graph
    may_run = graph.deleted_at is None and sharing.may_edit(graph, execution.user)
    if execution.status != Status.FAILED or not may_run:
        return False
    run_again(execution, execution.user)
    return True


VERBS: Verbs = {
    "stop": Verb(_("Stop"), _is_stopped),
    "retry": Verb(_("Run failed ones again"), _is_retried, (InvalidGraphError, RunRefusedError)),
    "delete": Verb(_("Delete"), services.delete_execution, (StillRunningError,), is_final=True),
}
