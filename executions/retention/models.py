"""How long somebody keeps what, copies of their data that are made, and accounts that are being deleted."""

from datetime import timedelta
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from executions.models import new_id

MAX_DAYS = 36_500
_POSSIBLE = (MinValueValidator(1), MaxValueValidator(MAX_DAYS))


class Policy(models.Model):
    """After how many days things of a user are deleted; None keeps them as long as the installation does."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="retention", primary_key=True
    )
    run_days = models.PositiveIntegerField(_("runs"), null=True, blank=True, validators=_POSSIBLE)
    event_days = models.PositiveIntegerField(
        _("events of runs"), null=True, blank=True, validators=_POSSIBLE
    )
    file_days = models.PositiveIntegerField(_("files"), null=True, blank=True, validators=_POSSIBLE)

    class Meta:
        verbose_name_plural = _("policies")

    def __str__(self) -> str:
        return str(self.user)


class DataExportQuerySet(models.QuerySet["DataExport"]):
    """Reads of copies."""

    def owned_by(self, user: User) -> Self:
        """Their own."""
        return self.filter(user=user)

    def newest_first(self) -> Self:
        """In the order of lists."""
        return self.order_by("-created_at", "-pk")


class DataExport(models.Model):
    """A copy of everything that somebody has here, as a file. `lease_until` is when somebody else may begin anew."""

    class Status(models.TextChoices):
        """How it stands."""

        QUEUED = "queued", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="data_exports")
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    content = models.FileField(max_length=200, editable=False, blank=True)
    size = models.BigIntegerField(_("size"), default=0)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = DataExportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M}"


class Erasure(models.Model):
    """An account that is being deleted, piece by piece. What is left of it is the ledger, under no name."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="erasure", primary_key=True
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    def __str__(self) -> str:
        return str(self.user_id)


class SweepQuerySet(models.QuerySet["Sweep"]):
    """Reads of sweeps."""

    def going_on(self) -> Self:
        """Those that were heard of lately; one whose process was killed is silent."""
        return self.filter(ended_at=None, seen_at__gt=Now() - Sweep.SILENCE)


class Sweep(models.Model):
    """A time that everything too old was deleted, and how much that was."""

    SILENCE = timedelta(minutes=5)
    KEPT = timedelta(days=90)

    began_at = models.DateTimeField(_("began at"), default=timezone.now, editable=False)
    seen_at = models.DateTimeField(_("heard of"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)
    weeks = models.PositiveIntegerField(_("weeks of events"), default=0, editable=False)
    runs = models.PositiveIntegerField(_("runs"), default=0, editable=False)
    events = models.PositiveIntegerField(_("events of runs"), default=0, editable=False)
    files = models.PositiveIntegerField(_("files"), default=0, editable=False)

    objects = SweepQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}"

    def count(self, what: str, gone: int) -> None:
        """Note that so much more is gone; `what` is the name of a column."""
        self.seen_at = timezone.now()
        setattr(self, what, getattr(self, what) + gone)
        self.save(update_fields=[what, "seen_at"])
