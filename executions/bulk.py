"""What people do with several runs at once."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import RunRefusedError
from accounts.lists import LeftOutError, Verb, Verbs
from accounts.models import User
from executions import services
from executions.engine.status import Status
from executions.errors import StillRunningError
from executions.models import Execution, ExecutionQuerySet
from executions.replays.services import run_again
from graphs import sharing
from graphs.errors import InvalidGraphError
from graphs.translating import said


def oldest_first(user: User) -> ExecutionQuerySet:
    """The user's runs, with what the verbs need, in the order in which they began."""
    runs = Execution.objects.owned_by(user).newest_first().reverse()
    return runs.select_related("graph", "version__graph", "user")


def _stop(execution: Execution) -> None:
    if services.stop(execution) is None:
        raise LeftOutError(_("It has ended already"))


def _retry(execution: Execution) -> None:
    graph = execution.graph
    if execution.status != Status.FAILED:
        raise LeftOutError(_("It has not failed"))
    if graph.deleted_at is not None:
        raise LeftOutError(_("Its graph was deleted"))
    if not sharing.may_edit(graph, execution.user):
        raise LeftOutError(_("You may not run its graph any more"))
    run_again(execution, execution.user)


VERBS: Verbs = {
    "stop": Verb(_("Stop"), _stop),
    "retry": Verb(
        _("Run failed ones again"), _retry, (InvalidGraphError, RunRefusedError), said=said
    ),
    "delete": Verb(_("Delete"), services.delete_execution, (StillRunningError,), is_final=True),
}
