"""Runs."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.teams.models import EDITORS, VIEWERS
from executions.engine.status import RUN_STATUSES, Status, sources_of
from executions.models.columns import OPEN_STATUSES, label_of, labels_of, new_id
from graphs.fields import StoredJSONField
from graphs.models import Graph, GraphVersion, open_to


class Source(models.TextChoices):
    """What started a run."""

    UI = "ui", _("Page")
    API = "api", _("API")
    SCHEDULE = "schedule", _("Schedule")
    WEBHOOK = "webhook", _("Webhook")
    MAIL = "mail", _("E-mail")
    SUB_GRAPH = "sub-graph", _("Sub-graph")
    PRESET = "preset", _("Preset")
    TERMINAL = "terminal", _("Terminal")


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
        _("status"), max_length=10, choices=labels_of(RUN_STATUSES), default=Status.QUEUED
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
    # {node id: {pin: value}} that count more than what links bring; none for most runs.
    input_masks = StoredJSONField(null=True, editable=False)
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
    trace = models.CharField(max_length=55, blank=True, default="", db_default="", editable=False)
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
            # What retention removes the day after.
            models.Index(
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False),
                name="execution_deleted",
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def status_label(self) -> str:
        """The status in words."""
        return label_of(self.status)

    @property
    def source_label(self) -> str:
        """What started it, in words."""
        return str(Source(self.source).label)

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
