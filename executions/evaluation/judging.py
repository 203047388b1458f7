"""Asks a language model whether outputs are as they should be.

Each question is a run of its own, of a small hidden graph: so it is recorded and shown, costs what a model costs, is
limited and taken over like any other run, and asks over the one way to models. A sample asks one question at a time.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from accounts.errors import InsufficientCreditsError
from blocks.values import as_text
from executions import services
from executions.evaluation.models import Judgement, Sample
from executions.models import Execution
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


def goes_on(sample: Sample) -> bool:
    """Ask what has not been asked of a sample whose run has ended, one after the other; whether an answer is to come."""
    judgements = list(sample.judgements.select_related("execution"))
    if any(each.execution and not each.execution.has_ended for each in judgements):
        return True
    asked = {each.position for each in judgements}
    return any(
        _ask(sample, position, check)
        for position, check in enumerate(sample.checks)
        if check["kind"] == CheckKind.JUDGED and position not in asked
    )


def _ask(sample: Sample, position: int, check: Mapping[str, Any]) -> bool:
    """Whether somebody could be asked."""
    assert sample.execution  # said by the caller
    values = sample.execution.outputs.get(check["output"])
    judgement = Judgement(sample=sample, position=position, error="the run gave no such output")
    if values:
        output = "\n\n".join(as_text(value) for value in values)
        judgement.execution, judgement.error = _started(sample, output, str(check["value"]))
    judgement.save()
    return judgement.execution is not None


def _started(sample: Sample, output: str, condition: str) -> tuple[Execution | None, str]:
    """The run that answers, or why there is none."""
    evaluation = sample.evaluation
    try:
        execution = services.start_execution(
            version=trials.keep(graph=evaluation.graph, drawing=_DRAWING, message=_MESSAGE),
            user=evaluation.user,
            inputs={"output": output, "condition": condition},
        )
    except (GraphError, InsufficientCreditsError) as error:
        return None, str(error)
    return execution, ""


def findings_of(sample: Sample) -> Iterator[str]:
    """An English sentence for each condition that does not hold, or that nobody could tell."""
    for judgement in sample.judgements.select_related("execution").order_by("position"):
        check = sample.checks[judgement.position]
        problem = _problem(judgement, str(check["value"]))
        if problem:
            yield f"{check['output']}: {problem}"


def _problem(judgement: Judgement, condition: str) -> str:
    run = judgement.execution
    if run and run.outputs.get("holds"):
        is_so = run.outputs["holds"][0] is True
        return "" if is_so else f"judged not to fulfil: {condition}"
    reason = judgement.error or "that run was deleted"
    if run:
        reason = run.error or run.status
    return f"it could not be judged: {reason}"
