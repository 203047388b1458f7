"""What starts runs beside people, and what it has started."""

from typing import Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.teams.models import EDITORS
from executions.models import Execution, new_id
from executions.triggers.timing import Kind, Timing
from graphs.fields import StoredJSONField
from graphs.models import Graph, open_to

Row = TypeVar("Row", bound=models.Model)
KINDS = [(kind.value, kind.value) for kind in Kind]


class IdempotencyKey(models.Model):
    """A name that a program gave to a request, and the run that it got, so that asking again gets the same."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of what was asked for
    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="one_run_per_key"),)

    def __str__(self) -> str:
        return self.key


class OwnedQuerySet(models.QuerySet[Row]):
    """Reads of what somebody keeps for runs of a graph."""

    def owned_by(self, user: User) -> Self:
        """Their own, of graphs that they may still run."""
        return self.filter(open_to(user, EDITORS, "graph__"), user=user).select_related("graph")

    def newest_first(self) -> Self:
        """In the order of lists."""
        return self.order_by("-created_at", "-pk")


class Kept(models.Model):
    """Base of what keeps inputs and references to credentials for later runs of a graph."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="%(class)ss")
    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="%(class)ss")
    name = models.CharField(_("name"), max_length=100)
    inputs = StoredJSONField(_("inputs"), default=dict, blank=True)
    credentials_inputs = StoredJSONField(_("credentials"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Trigger(Kept):
    """Base of what starts runs by itself, unless it is paused."""

    is_paused = models.BooleanField(_("paused"), default=False)

    class Meta:
        abstract = True


class Preset(Kept):
    """Inputs and credentials under a name; what a run is given counts more."""

    objects = OwnedQuerySet["Preset"].as_manager()

    class Meta:
        indexes = (models.Index(fields=["user", "-created_at", "-id"], name="preset_by_user"),)


class Schedule(Trigger):
    """Starts runs of a graph at its due times, which are rows: whoever comes first takes them.

    `next_due_at` is the next one, or nothing while it is paused and when there is none.
    """

    class CatchUp(models.TextChoices):
        """What becomes of due times that nobody was there for."""

        NONE = "none", _("Leave them out")
        LATEST = "latest", _("Run once for all of them")
        ALL = "all", _("Run for each of them")

    class Overlap(models.TextChoices):
        """What a due time does while the last run still goes on."""

        ALLOW = "allow", _("Start another run")
        SKIP = "skip", _("Leave it out")

    version = models.PositiveIntegerField(_("version"), null=True, blank=True)  # else the active
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS)
    cron = models.CharField(_("cron expression"), max_length=200, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    every_seconds = models.PositiveIntegerField(_("seconds"), default=0)
    starts_at = models.DateTimeField(_("first moment"))
    catch_up = models.CharField(
        _("what was missed"), max_length=10, choices=CatchUp.choices, default=CatchUp.LATEST
    )
    overlap = models.CharField(
        _("while the last run goes on"), max_length=10, choices=Overlap, default=Overlap.ALLOW
    )
    next_due_at = models.DateTimeField(_("next"), null=True, blank=True)
    # When somebody began to take what is due and has not come to the end.
    tried_at = models.DateTimeField(null=True, editable=False)

    objects = OwnedQuerySet["Schedule"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(is_paused=False) | Q(next_due_at=None), name="paused_is_never_due"
            ),
        )
        indexes = (
            models.Index(fields=["user", "-created_at", "-id"], name="schedule_by_user"),
            models.Index(
                fields=["next_due_at"], condition=Q(next_due_at__isnull=False), name="schedule_due"
            ),
        )

    @property
    def timing(self) -> Timing:
        """When it is due, as data."""
        return Timing(Kind(self.kind), self.starts_at, self.cron, self.timezone, self.every_seconds)


class TickQuerySet(models.QuerySet["Tick"]):
    """Reads of due times that have passed."""

    def newest_first(self) -> Self:
        """In the order of lists."""
        return self.order_by("-due_at", "-pk")


class Tick(models.Model):
    """A due time of a schedule that has passed, and what came of it. There is one row for each."""

    class Result(models.TextChoices):
        """What came of it."""

        STARTED = "started", _("Started")
        MISSED = "missed", _("Missed")
        OVERLAPPED = "overlapped", _("Left out: the last run went on")
        REFUSED = "refused", _("Could not start")

    id = models.BigAutoField(primary_key=True)
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="ticks")
    due_at = models.DateTimeField(_("due at"))
    taken_at = models.DateTimeField(_("taken at"))
    result = models.CharField(_("result"), max_length=10, choices=Result.choices)
    execution = models.OneToOneField(
        Execution, on_delete=models.SET_NULL, null=True, blank=True, related_name="tick"
    )
    is_by_hand = models.BooleanField(_("started by hand"), default=False)
    error = models.TextField(_("error"), blank=True)
    # Of a long absence only the newest due times have rows; the oldest row stands for those before it, too.
    count = models.PositiveIntegerField(_("due times"), default=1)

    objects = TickQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["taken_at"], name="tick_by_age"),)
        constraints = (
            models.UniqueConstraint(fields=["schedule", "due_at"], name="one_tick_per_due_time"),
            models.CheckConstraint(
                condition=Q(taken_at__gte=models.F("due_at")), name="no_tick_before_its_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.due_at:%Y-%m-%d %H:%M:%S} {self.result}"
