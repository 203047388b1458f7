"""Runs, their node executions, the values that stay, the event log, and the workers."""

import os
import time
import uuid
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.teams.models import EDITORS, VIEWERS
from executions.engine.status import OPEN, RUN_STATUSES, Status, sources_of
from graphs.fields import StoredJSONField
from graphs.models import Graph, GraphVersion, open_to

OPEN_STATUSES = sorted(OPEN)


def new_id() -> uuid.UUID:
    """A UUID that sorts by time (RFC 9562, version 7), so that new rows land together in the index."""
    stamp = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = (stamp << 80) | random
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)


class Source(models.TextChoices):
    """What started a run."""

    UI = "ui", _("Page")
    API = "api", _("API")
    SCHEDULE = "schedule", _("Schedule")
    WEBHOOK = "webhook", _("Webhook")
    SUB_GRAPH = "sub-graph", _("Sub-graph")
    PRESET = "preset", _("Preset")
    TERMINAL = "terminal", _("Terminal")


def _labels(statuses: Iterable[Status]) -> list[tuple[str, Any]]:
    labels = {
        Status.INCOMPLETE: _("Waiting for inputs"),
        Status.QUEUED: _("Queued"),
        Status.RUNNING: _("Running"),
        Status.WAITING: _("Waiting"),
        Status.COMPLETED: _("Completed"),
        Status.FAILED: _("Failed"),
        Status.CANCELLED: _("Cancelled"),
        Status.SKIPPED: _("Skipped"),
    }
    return [(status.value, labels[status]) for status in statuses]


def seen_by(user: User, run: str = "") -> Q:
    """The one rule of who may look at a run: who has started it, and who may look at its graph.

    `run` is where the rows have the run, such as "execution__". Deleted runs are open to nobody.
    """
    access = Q(**{f"{run}user": user}) | open_to(user, VIEWERS, f"{run}graph__")
    return access & Q(**{f"{run}deleted_at": None})


class ExecutionQuerySet(models.QuerySet["Execution"]):
    """Reads of runs, and the one way to change their status."""

    def owned_by(self, user: User) -> Self:
        """The runs that they have started, without deleted ones."""
        return self.filter(user=user, deleted_at=None)

    def visible_to(self, user: User) -> Self:
        """Runs that they may look at. For one run, or the runs of one graph: lists of all runs are `owned_by`."""
        return self.filter(seen_by(user))

    def repeatable_by(self, user: User) -> Self:
        """Runs that they may look at, of graphs that they may run."""
        return self.visible_to(user).filter(open_to(user, EDITORS, "graph__"))

    def of(self, graph: Graph) -> Self:
        """Everybody's runs of a graph that somebody was found to see."""
        return self.filter(graph=graph, deleted_at=None)

    def unfinished(self) -> Self:
        """Runs that have not ended."""
        return self.filter(status__in=OPEN_STATUSES)

    def promised_by(self, user: User) -> int:
        """Credits that their unfinished runs may still take, if each node fires once."""
        unspent = Greatest(F("planned_cost") - F("cost"), 0)
        paid = self.unfinished().filter(user=user, planned_cost__gt=0)
        return int(paid.aggregate(total=Sum(unspent))["total"] or 0)

    def for_lists(self) -> Self:
        """Without the values, which can be large, and with what every row of a list shows."""
        return self.select_related("graph", "version").defer("inputs", "outputs")

    def newest_first(self) -> Self:
        """In the order of lists."""
        return self.order_by("-created_at", "-pk")

    def move(self, target: Status, **changes: object) -> int:
        """Move to `target` the rows whose status allows it; return how many moved."""
        return self.filter(status__in=sources_of(target)).update(status=target, **changes)


class Execution(models.Model):
    """One running of one graph version: a run."""

    # Here and below, a foreign key that leads a longer index needs none of its own.
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    graph = models.ForeignKey(
        Graph, on_delete=models.CASCADE, related_name="executions", db_index=False
    )
    version = models.ForeignKey(GraphVersion, on_delete=models.CASCADE, related_name="executions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="executions",
        db_index=False,
    )
    status = models.CharField(
        _("status"), max_length=10, choices=_labels(RUN_STATUSES), default=Status.QUEUED
    )
    # The node execution that this run is a part of. It starts one child run, however often it is tried.
    parent = models.OneToOneField(
        "NodeExecution", on_delete=models.SET_NULL, null=True, blank=True, related_name="child"
    )
    depth = models.PositiveSmallIntegerField(default=0, editable=False)
    source = models.CharField(
        _("source"), max_length=10, choices=Source.choices, default=Source.API
    )
    inputs = StoredJSONField(_("inputs"), default=dict)
    credentials_inputs = StoredJSONField(default=dict)  # {name: reference}; no secrets
    outputs = StoredJSONField(_("outputs"), default=dict)  # {name: [value, …]}
    error = models.TextField(_("error"), blank=True)
    cost = models.PositiveIntegerField(_("cost"), default=0)
    # What firing every node once would cost by the prices at the start.
    planned_cost = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    node_count = models.PositiveIntegerField(_("node executions"), default=0)
    error_count = models.PositiveIntegerField(_("errors"), default=0)
    event_seq = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    deadline_at = models.DateTimeField(_("deadline"), null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    objects = ExecutionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in RUN_STATUSES]),
                name="execution_status_is_legal",
            ),
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="execution_source_is_known"
            ),
        )
        indexes = (
            models.Index(fields=["user", "-created_at", "-id"], name="execution_by_user"),
            models.Index(fields=["graph", "-created_at"], name="execution_by_graph"),
            models.Index(
                fields=["created_at"],
                condition=Q(status__in=OPEN_STATUSES),
                name="execution_unfinished",
            ),
            models.Index(
                fields=["user"],
                condition=Q(status__in=OPEN_STATUSES, planned_cost__gt=0),
                name="execution_promises",
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def has_ended(self) -> bool:
        """True when nothing about it changes any more."""
        return Status(self.status).is_final

    @property
    def duration(self) -> float | None:
        """Seconds from start to end, or to now."""
        if self.started_at is None:
            return None
        return ((self.ended_at or timezone.now()) - self.started_at).total_seconds()


class NodeExecutionQuerySet(models.QuerySet["NodeExecution"]):
    """Reads of node executions."""

    def owned_by(self, user: User) -> Self:
        """Those of their own runs."""
        return self.filter(execution__user=user, execution__deleted_at=None)

    def unfinished(self) -> Self:
        """Those that keep their run from ending."""
        return self.filter(status__in=OPEN_STATUSES)

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
    status = models.CharField(_("status"), max_length=10, choices=_labels(Status))
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
                fields=["status", "-priority", "queued_at"],
                condition=Q(status__in=OPEN_STATUSES),
                name="node_execution_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.node_id} #{self.position}"

    @property
    def duration(self) -> float | None:
        """Seconds from start to end, or to now."""
        if self.started_at is None:
            return None
        return ((self.ended_at or timezone.now()) - self.started_at).total_seconds()


class StaticValue(models.Model):
    """The latest value that a static link brought to a pin; every later firing uses it again."""

    execution = models.ForeignKey(
        Execution, on_delete=models.CASCADE, related_name="static_values", db_index=False
    )
    node_id = models.CharField(max_length=100)
    pin = models.CharField(max_length=300)
    value = StoredJSONField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["execution", "node_id", "pin"], name="one_value_per_pin"
            ),
        )

    def __str__(self) -> str:
        return f"{self.node_id}.{self.pin}"


class Event(models.Model):
    """Something that a watcher of a run must learn; `seq` counts from 1 in each run, without gaps."""

    class Kind(models.TextChoices):
        """What happened."""

        EXECUTION = "execution", _("The run changed")
        NODES = "nodes", _("Node executions changed")

    execution = models.ForeignKey(
        Execution, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    data = StoredJSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["execution", "seq"], name="one_event_per_seq"),
        )

    def __str__(self) -> str:
        return f"{self.execution_id} #{self.seq} {self.kind}"


class Worker(models.Model):
    """A worker process. While it lives it holds an advisory lock, which PostgreSQL frees when it dies."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(_("host"), max_length=255)
    pid = models.PositiveIntegerField(_("process"))
    lock_key = models.PositiveIntegerField(unique=True, editable=False)
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    seen_at = models.DateTimeField(_("seen at"), default=timezone.now)
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.host}/{self.pid}"


class StoredValueQuerySet(models.QuerySet["StoredValue"]):
    """Reads of kept values."""

    def owned_by(self, owner_id: uuid.UUID) -> Self:
        """Their own values."""
        return self.filter(owner_id=owner_id)


class StoredValue(models.Model):
    """A value that runs keep for later runs of one graph, or of all graphs of its owner."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stored_values"
    )
    graph = models.ForeignKey(
        Graph, on_delete=models.CASCADE, null=True, blank=True, related_name="stored_values"
    )
    key = models.CharField(_("key"), max_length=200)
    value = StoredJSONField(_("value"), null=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = StoredValueQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "graph", "key"], name="one_value_per_key", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return self.key
