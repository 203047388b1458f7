"""The firings of nodes in runs."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blocks.base import WaitsFor
from executions.engine.status import Status, sources_of
from executions.models.columns import OPEN_STATUSES, label_of, labels_of, new_id
from executions.models.executions import Execution
from graphs.fields import StoredJSONField


class NodeExecutionQuerySet(models.QuerySet["NodeExecution"]):
    """Reads of node executions."""

    def owned_by(self, user: User) -> Self:
        """Those of their own runs."""
        return self.filter(execution__user=user, execution__deleted_at=None)

    def unfinished(self) -> Self:
        """Those that keep their run from ending."""
        return self.filter(status__in=OPEN_STATUSES)

    def asking(self) -> Self:
        """Those that wait for a person."""
        people = [WaitsFor.PERSON, WaitsFor.APPROVAL]
        return self.filter(status=Status.WAITING, waits_for__in=people)

    def running_in(self, execution: Execution) -> Self:
        """Its attempts that workers have, and whose outcome is not here yet."""
        return self.filter(execution=execution, status=Status.RUNNING, for_advance=False)

    def in_order(self) -> Self:
        """In the order of their creation."""
        return self.order_by("position")

    def move(self, target: Status, **changes: object) -> int:
        """Move to `target` the rows whose status allows it; return how many moved."""
        return self.filter(status__in=sources_of(target)).update(status=target, **changes)


class NodeExecution(models.Model):
    """One firing of one node in a run."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    execution = models.ForeignKey(
        Execution, on_delete=models.CASCADE, related_name="node_executions", db_index=False
    )
    node_id = models.CharField(_("node"), max_length=100)
    block_id = models.CharField(_("block"), max_length=100)
    position = models.PositiveIntegerField(_("position"))
    priority = models.SmallIntegerField(_("priority"), default=0)  # the highest is claimed first
    scope = StoredJSONField(
        default=list
    )  # the items that it works on: [[position of a for-each, index], …]
    status = models.CharField(_("status"), max_length=10, choices=labels_of(Status))
    inputs = StoredJSONField(_("inputs"), default=dict)
    outputs = StoredJSONField(
        _("outputs"), default=list
    )  # [[pin, value], …] in the order of yielding
    error = models.TextField(_("error"), blank=True)
    error_code = models.CharField(_("error code"), max_length=40, blank=True)
    cost = models.PositiveIntegerField(_("cost"), default=0)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    failures = models.PositiveIntegerField(
        default=0
    )  # attempts that failed and were worth another one
    losses = models.PositiveIntegerField(default=0)  # attempts whose worker was lost
    # True when the next burst of the run must look at it: pure and queued, or ended and not yet delivered.
    for_advance = models.BooleanField(default=False)
    # False while its outputs wait for an earlier firing of the same node.
    is_delivered = models.BooleanField(default=True)
    fence = models.PositiveIntegerField(
        default=0
    )  # grows with every claim; only its holder may end the attempt
    worker = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    effect_started_at = models.DateTimeField(
        null=True, blank=True
    )  # set before an at-most-once effect
    waits_for = models.CharField(_("waits for"), max_length=10, blank=True)  # while WAITING
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)  # when a WAITING one goes on
    answer = StoredJSONField(null=True, blank=True)  # why it goes on: {"by": …, "data": …}
    # What it left when it began to wait: {"memory": …, "calls": [{"id", "node_id", "inputs"}, …]}.
    memory = StoredJSONField(null=True, blank=True)
    # The node execution that called this one as a tool, and the name that it gave to the call.
    caller = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="calls",
        db_index=False,  # few have one: there is a smaller index below
    )
    call_id = models.CharField(max_length=100, blank=True, db_default="")
    queued_at = models.DateTimeField(_("queued at"), default=timezone.now, editable=False)
    # What claims go by. Of many that one burst makes ready each is later than the one before, so that others get between.
    turn_at = models.DateTimeField(db_default=Now(), editable=False)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = NodeExecutionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["execution", "position"], name="one_firing_per_position"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in Status]),
                name="node_execution_status_is_legal",
            ),
        )
        indexes = (
            # What a burst loads: small, because it holds unfinished work only.
            models.Index(
                fields=["execution", "node_id", "position"],
                condition=Q(status__in=[*OPEN_STATUSES, Status.INCOMPLETE]) | Q(is_delivered=False),
                name="node_execution_live",
            ),
            models.Index(
                fields=["caller", "position"],
                condition=Q(caller__isnull=False),
                name="node_execution_calls",
            ),
            # What pollers and reapers look for.
            models.Index(
                fields=["status", "-priority", "turn_at"],
                condition=Q(status__in=OPEN_STATUSES),
                name="node_execution_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.node_id} #{self.position}"

    @property
    def status_label(self) -> str:
        """The status in words."""
        return label_of(self.status)

    @property
    def duration(self) -> float | None:
        """Seconds from start to end, or to now."""
        if self.started_at is None:
            return None
        return ((self.ended_at or timezone.now()) - self.started_at).total_seconds()
