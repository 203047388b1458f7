"""Brings evaluations on. Any number of workers may do this at once; the rows say what there is to do.

Rule 1: an evaluation's row is locked (SKIP LOCKED) while runs that have ended are judged and others start, in one
transaction. A kill leaves all of it or nothing, so no sample runs twice.
Rule 2: what a language model is to judge is asked when the run has ended; the sample waits for the answer.
Rule 3: a sample whose run cannot start has failed, and says why; the others go on.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now

from accounts.errors import RunRefusedError
from executions import failpoints, services
from executions.engine.status import Status
from executions.evaluation import checks, judging
from executions.evaluation.models import Evaluation, Sample, Verdict
from executions.models import Recording
from graphs.errors import GraphError
from graphs.models import GraphVersion


def go_on() -> None:
    """Do what there is to do in every evaluation that nobody else is doing."""
    # In any order: one with a fault does not keep the same others waiting again and again.
    open_ = Evaluation.objects.filter(ended_at=None).order_by("?")
    for pk in open_.values_list("pk", flat=True):
        with transaction.atomic():
            free = Evaluation.objects.select_for_update(skip_locked=True, of=("self",))
            evaluation = free.select_related("user", "version").filter(pk=pk, ended_at=None).first()
            if evaluation:
                _advance(evaluation)


def _advance(evaluation: Evaluation) -> None:
    failpoints.hit("evaluation.taken")
    running = evaluation.samples.filter(verdict=Verdict.RUNNING).select_related("execution")
    ended = [each for each in running if each.execution is None or each.execution.has_ended]
    for sample in ended:
        _judge(sample)
    running_still = evaluation.samples.filter(verdict=Verdict.RUNNING).count()
    room = evaluation.at_once - running_still
    for sample in evaluation.samples.filter(verdict=Verdict.WAITING)[: max(0, room)]:
        _start(evaluation, sample)
    if not evaluation.samples.filter(verdict__in=(Verdict.WAITING, Verdict.RUNNING)).exists():
        Evaluation.objects.filter(pk=evaluation.pk).update(ended_at=Now())
    failpoints.hit("evaluation.before_commit")


def _judge(sample: Sample) -> None:
    execution = sample.execution
    if execution is None:
        _fail(sample, "The run was deleted before it was looked at")
        return
    if execution.status != Status.COMPLETED:
        _fail(sample, execution.error or "The run was stopped")
        return
    if judging.goes_on(sample):
        return
    findings = [
        *checks.findings_of(sample.checks, execution.outputs),
        *judging.findings_of(sample),
    ]
    sample.findings = findings
    if sample.checks:
        sample.score = 1 - len(findings) / len(sample.checks)
    sample.verdict = Verdict.FAILED if findings else Verdict.PASSED
    sample.save(update_fields=["findings", "score", "verdict"])


def _fail(sample: Sample, reason: str) -> None:
    sample.verdict, sample.findings = Verdict.FAILED, [reason]
    sample.score = 0 if sample.checks else None
    sample.save(update_fields=["findings", "score", "verdict"])


def _start(evaluation: Evaluation, sample: Sample) -> None:
    version = evaluation.version
    try:
        with transaction.atomic():
            # Of a draft the version is kept elsewhere; whose the graph is counts.
            number = None if evaluation.is_of_draft else version.version
            GraphVersion.objects.runnable(evaluation.user, evaluation.graph_id, number)
            sample.execution = services.start_execution(
                version=version,
                user=evaluation.user,
                inputs=sample.inputs,
                recording=_recording_of(sample, version),
            )
    except GraphVersion.DoesNotExist:
        _fail(sample, "This version is not there (any more)")
    except (PermissionDenied, GraphError, RunRefusedError) as error:
        _fail(sample, str(error))
    else:
        sample.verdict = Verdict.RUNNING
        sample.save(update_fields=["execution", "verdict"])


def _recording_of(sample: Sample, version: GraphVersion) -> Recording | None:
    """For a test case: none of the version's nodes asks the world anything."""
    if sample.answers is None:
        return None
    return Recording(nodes=sorted(version.load().nodes), answers=sample.answers)
