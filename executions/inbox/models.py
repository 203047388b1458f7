"""Who is asked by whom to answer in their place."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.teams.models import VIEWERS
from executions.models import NodeExecution, NodeExecutionQuerySet
from graphs.models import open_to


class Delegation(models.Model):
    """That somebody else may answer for a node, too, as long as they are in the team of its graph."""

    node_execution = models.OneToOneField(
        NodeExecution, on_delete=models.CASCADE, related_name="delegation", primary_key=True
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    note = models.CharField(_("note"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.node_execution_id} → {self.user_id}"


def asked_of(user: User) -> NodeExecutionQuerySet:
    """What waits for this person's answer: in their own runs, and what was delegated to them. The most urgent first."""
    own = Q(execution__user=user)
    delegated = Q(delegation__user=user) & open_to(user, VIEWERS, "execution__graph__")
    rows = NodeExecution.objects.asking().filter(own | delegated, execution__deleted_at=None)
    return rows.select_related(
        "execution__graph__team", "execution__user", "delegation__user", "delegation__by"
    ).order_by(models.F("due_at").asc(nulls_last=True), "pk")
