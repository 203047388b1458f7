"""Evaluations: many runs of a version, with what is expected of each."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from executions.models import Execution, new_id
from executions.triggers.models import OwnedQuerySet
from graphs.fields import StoredJSONField
from graphs.models import Graph, GraphVersion


class EvaluationQuerySet(OwnedQuerySet["Evaluation"]):
    """Reads of evaluations."""

    def counted(self) -> Self:
        """With how many samples they have, and how many have passed and not."""
        return self.annotate(
            size=Count("samples"),
            passed=Count("samples", filter=Q(samples__verdict=Verdict.PASSED)),
            failed=Count("samples", filter=Q(samples__verdict=Verdict.FAILED)),
        )

    def of_tests(self, graph: Graph) -> Self:
        """Of each version of a graph, and of drafts, the newest with test cases."""
        with_cases = self.filter(graph=graph, samples__answers__isnull=False)
        newest = with_cases.order_by("version", "-created_at").distinct("version")
        return self.filter(pk__in=newest.values("pk")).select_related("version").newest_first()


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

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=["created_at"], condition=models.Q(ended_at=None), name="evaluation_open"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_of_draft(self) -> bool:
        """Whether what was tried had not been saved; then its version is one of trials."""
        return self.version.graph_id != self.graph_id


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
    findings = StoredJSONField(default=list)  # sentences in English: what was not as expected
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


class Judgement(models.Model):
    """What a language model says of one check of a sample: a run that answers; none where nothing could be asked."""

    sample = models.ForeignKey(
        Sample, on_delete=models.CASCADE, related_name="judgements", db_index=False
    )
    position = models.PositiveIntegerField()  # of the check
    execution = models.OneToOneField(
        Execution, on_delete=models.SET_NULL, null=True, related_name="judgement"
    )
    error = models.TextField(blank=True)  # why nothing could be asked

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["sample", "position"], name="one_judgement_per_check"),
        )

    def __str__(self) -> str:
        return f"{self.sample_id} #{self.position}"
