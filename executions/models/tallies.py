"""What metrics are made of, and the processes that report."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class _Tally(models.Model):
    """How often something has happened, by labels and bucket of its duration."""

    id = models.BigAutoField(primary_key=True)
    measure = models.CharField(max_length=40)
    labels = ArrayField(models.TextField())
    bucket = models.SmallIntegerField()  # an index into `measuring.BOUNDS`, or -1
    count = models.BigIntegerField()
    seconds = models.FloatField()  # all durations together

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.measure} {self.labels}"


class Increment(_Tally):
    """Written in the transaction of what it counts, and never changed, so that nobody waits for a shared row."""


class Total(_Tally):
    """The increments that are gone."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["measure", "labels", "bucket"], name="one_total_per_bucket"
            ),
        )


class Recent(_Tally):
    """What was counted of runs and node executions in ten minutes; kept for some days."""

    slot = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["slot", "measure", "labels", "bucket"], name="one_recent_per_slot"
            ),
        )


class Process(models.Model):
    """A process of the product, and how it said that it is doing."""

    class Kind(models.TextChoices):
        """What it is for."""

        WEB = "web", _("Web")
        WORKER = "worker", _("Worker")
        SCHEDULER = "scheduler", _("Scheduler")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    host = models.CharField(_("host"), max_length=255)
    pid = models.PositiveIntegerField(_("process"))
    version = models.CharField(_("version"), max_length=40)
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    seen_at = models.DateTimeField(_("seen at"), default=timezone.now)
    gauges = models.JSONField(default=dict)  # {name: number}

    class Meta:
        verbose_name_plural = _("processes")

    def __str__(self) -> str:
        return f"{self.kind} {self.host}/{self.pid}"

    @property
    def silence(self) -> float:
        """Seconds since it was heard of."""
        return (timezone.now() - self.seen_at).total_seconds()
