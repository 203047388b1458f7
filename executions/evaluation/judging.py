"""Asks a language model whether outputs are as they should be.

Each question is a run of its own, of a small hidden graph: so it is recorded and shown, costs what a model costs, is
limited and taken over like any other run, and asks over the one way to models. An answer is asked for once a check.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import InsufficientCreditsError
from blocks.values import as_text
from executions import services
from executions.engine.status import Status
from executions.evaluation.models import Judgement, Sample
from executions.models import Source
from executions.trials import services as trials
from graphs import spec
from graphs.errors import GraphError
from graphs.formats.cases import CheckKind

_MESSAGE = "judge"
_DRAWING = spec.Graph(
    {
        "output": spec.Node("output", "text_input_block", {"name": "output"}),
        "condition": spec.Node("condition", "text_input_block", {"name": "condition"}),
        "judge": spec.Node("judge", "ai_condition_block", {}),
        "holds": spec.Node("holds", "output_block", {"name": "holds"}),
    },
    (
        spec.Link("1", "output", "text", "judge", "input_value"),
        spec.Link("2", "condition", "text", "judge", "condition"),
        spec.Link("3", "judge", "result", "holds", "value"),
    ),
)


def ask(sample: Sample) -> None:
    """Begin what has not been asked yet of a sample whose run has ended."""
    asked = set(sample.judgements.values_list("position", flat=True))
    for position, check in enumerate(sample.checks):
        if check["kind"] == CheckKind.JUDGED and position not in asked:
            _ask(sample, position, check)


def _ask(sample: Sample, position: int, check: Mapping[str, Any]) -> None:
    assert sample.execution  # said by the caller
    values = sample.execution.outputs.get(check["output"], [])
    output = "\n\n".join(as_text(value) for value in values)
    judgement = Judgement(sample=sample, position=position)
    if output:
        judgement.execution, judgement.error = _started(sample, output, str(check["value"]))
    judgement.save()


def _started(sample: Sample, output: str, condition: str) -> tuple[Any, str]:
    """The run that answers, or why there is none."""
    evaluation = sample.evaluation
    try:
        execution = services.start_execution(
            version=trials.keep(graph=evaluation.graph, drawing=_DRAWING, message=_MESSAGE),
            user=evaluation.user,
            inputs={"output": output, "condition": condition},
            source=Source.API,
        )
    except (GraphError, InsufficientCreditsError) as error:
        return None, str(error)
    return execution, ""


def is_waiting(sample: Sample) -> bool:
    """Whether an answer is still to come."""
    return sample.judgements.filter(execution__isnull=False, execution__ended_at=None).exists()


def findings_of(sample: Sample) -> Iterator[str]:
    """A sentence for each condition that does not hold, or that nobody could tell."""
    for judgement in sample.judgements.select_related("execution").order_by("position"):
        check = sample.checks[judgement.position]
        problem = _problem(judgement, str(check["value"]))
        if problem:
            yield f"{check['output']}: {problem}"


def _problem(judgement: Judgement, condition: str) -> str:
    run = judgement.execution
    if judgement.error:
        return _("it could not be judged: %(reason)s") % {"reason": judgement.error}
    if run is None:
        return _("the run gave no such output")
    if run.status != Status.COMPLETED or not run.outputs.get("holds"):
        reason = run.error or run.status
        return _("it could not be judged: %(reason)s") % {"reason": reason}
    is_so = run.outputs["holds"][0] is True
    return "" if is_so else _("judged not to fulfil: %(condition)s") % {"condition": condition}
