"""Evaluations: many runs of a version, with what is expected of each."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from executions.models import Execution, new_id
from executions.triggers.models import OwnedQuerySet
from graphs.fields import StoredJSONField
from graphs.models import Graph, GraphVersion


class Evaluation(models.Model):
    """A version that is tried with all its samples. It goes on until `ended_at` is set, whatever breaks."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="evaluations"
    )
    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="evaluations")
    version = models.ForeignKey(GraphVersion, on_delete=models.CASCADE, related_name="evaluations")
    name = models.CharField(_("name"), max_length=100)
    at_once = models.PositiveSmallIntegerField(default=4)  # runs
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=["created_at"], condition=models.Q(ended_at=None), name="evaluation_open"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Verdict(models.TextChoices):
    """How a sample stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Not passed")


class Sample(models.Model):
    """One run of an evaluation."""

    evaluation = models.ForeignKey(
        Evaluation, on_delete=models.CASCADE, related_name="samples", db_index=False
    )
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=100, blank=True)
    inputs = StoredJSONField(default=dict)
    checks = StoredJSONField(default=list)
    # What its nodes give instead of running; none where they are to run.
    answers = StoredJSONField(null=True)
    execution = models.OneToOneField(
        Execution, on_delete=models.SET_NULL, null=True, related_name="sample"
    )
    verdict = models.CharField(max_length=7, choices=Verdict.choices, default=Verdict.WAITING)
    findings = StoredJSONField(default=list)  # sentences: what was not as expected
    score = models.FloatField(null=True)  # the part of its checks that held; none without checks

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=["evaluation", "position"], name="one_sample_per_position"
            ),
        )

    def __str__(self) -> str:
        return f"{self.evaluation_id} #{self.position}"
