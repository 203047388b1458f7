"""What people do with what waits for them: answer, have somebody else answer, take that back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.errors import NotMemberError
from accounts.models import User
from accounts.teams.finding import look_only
from accounts.teams.models import Membership
from database import statements
from executions import failpoints, services
from executions.errors import NotWaitingError
from executions.inbox.models import Delegation
from executions.models import NodeExecution
from executions.rows import notifications
from executions.rows.notifications import Event, Told


@transaction.atomic
def answer(firing: NodeExecution, user: User, data: Mapping[str, Any]) -> None:
    """Decide for a node, and write down who did. Raises `NotWaitingError`, also when somebody was faster."""
    services.answer(firing, data)
    target = f"node execution {firing.pk}"
    record(Action.ANSWER, actor=user, target=target, approved=bool(data.get("approved")))


@transaction.atomic
def delegate(firing: NodeExecution, by: User, to_id: UUID, note: str = "") -> Delegation:
    """Let a member of the graph's team answer, too, and tell them. Whoever was asked before is asked no more.

    Raises `NotMemberError`, `NotWaitingError`, and `PermissionDenied` for whoever has not started the run.
    """
    if firing.execution.user_id != by.pk:
        raise look_only()
    held = NodeExecution.objects.select_for_update(of=("self",), no_key=True).asking()
    if not held.filter(pk=firing.pk).exists():
        raise NotWaitingError(_("This node does not wait for an answer (any more)"))
    members = Membership.objects.filter(team=firing.execution.graph.team_id, user=to_id)
    member = members.select_related("user").first()
    if member is None or not member.user.is_active:
        raise NotMemberError(_("Only members of the graph's team can be asked"))
    made, _is_new = Delegation.objects.update_or_create(
        node_execution=firing, defaults={"user": member.user, "by": by, "note": note}
    )
    if notifications.is_wanted(Event.WAITING, member.user.told_of):
        data = {"questions": [str(firing.pk)], "count": 1, "by": by.get_full_name(), "note": note}
        told = Told(member.user_id, Event.WAITING, data, firing.execution_id)
        statements.run(*notifications.insertion([told]))
    failpoints.hit("delegate.before_commit")
    return made


def take_back(firing: NodeExecution) -> None:
    """Nobody else may answer any more."""
    Delegation.objects.filter(node_execution=firing).delete()
