"""What people do with test cases and data: save a run as a case, try a version with all cases, or with the rows of a file."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from executions import services as runs
from executions.engine.status import Status
from executions.errors import NotRecordableError
from executions.evaluation.models import Evaluation, Sample, Verdict
from executions.evaluation.names import EXPECTED, require_columns, require_outputs
from executions.models import Execution
from executions.replays.recording import answers_of
from executions.trials import services as trials
from graphs import drafts, json_text
from graphs.formats.cases import MAX_CASES, CheckKind
from graphs.json_text import JsonError
from graphs.models import Graph, GraphVersion, TestCase

MAX_SAMPLES = 2_000
AT_ONCE = 4  # runs


def save_case(
    *, execution: Execution, name: str, checks: Sequence[Mapping[str, Any]] | None = None
) -> TestCase:
    """Keep a run as a test case; without checks its outputs must be what they were.

    Raises `NotRecordableError`, and `UnknownNameError` for a check of an output that the graph does not have.
    """
    if execution.status != Status.COMPLETED:
        raise NotRecordableError(_("Only a run that has completed can become a test case"))
    graph = _whole(execution.graph)
    if graph.pk != execution.graph_id:
        raise NotRecordableError(_("This is a run of a part; test cases are of whole graphs"))
    if graph.test_cases.count() >= MAX_CASES:
        raise NotRecordableError(_("This graph has as many test cases as there can be"))
    if checks is not None:
        require_outputs(execution.version.load(), _outputs_in(checks))
    else:
        checks = [_as_it_was(name, values) for name, values in execution.outputs.items()]
    return TestCase.objects.create(
        graph=graph,
        name=name,
        inputs=execution.inputs,
        checks=list(checks),
        answers=answers_of(execution),
    )


def change_case(case: TestCase, *, name: str, checks: Sequence[Mapping[str, Any]]) -> TestCase:
    """Replace what it is called, and what must be true; what was recorded stays.

    Raises `UnknownNameError` for a new check of an output that the graph does not have (any more).
    """
    drawing = case.graph.versions.get(is_active=True).load()
    require_outputs(drawing, _outputs_in(each for each in checks if each not in case.checks))
    case.name, case.checks = name, list(checks)
    case.save(update_fields=["name", "checks"])
    return case


def _outputs_in(checks: Iterable[Mapping[str, Any]]) -> list[str]:
    return [each["output"] for each in checks]


def _whole(graph: Graph) -> Graph:
    """The graph itself, where this one holds what was tried of it."""
    return graph.trial_of or graph


def _as_it_was(output: str, values: Sequence[Any]) -> dict[str, Any]:
    value = values[0] if len(values) == 1 else list(values)
    return {"output": output, "kind": CheckKind.EQUAL.value, "value": value}


def start_tests(*, version: GraphVersion, user: User) -> Evaluation:
    """Try a version, or a draft (see `version_of_draft`), with all test cases of its graph. Raises `NotRecordableError`.

    Nothing of the world is asked, but for models that are to judge.
    """
    cases = list(_whole(version.graph).test_cases.all())
    if not cases:
        raise NotRecordableError(_("This graph has no test cases yet; save a run as one"))
    samples = [
        Sample(name=case.name, inputs=case.inputs, checks=case.checks, answers=case.answers)
        for case in cases
    ]
    return _start(version, user, _("Test cases"), AT_ONCE, samples)


def version_of_draft(*, graph: Graph, user: User) -> GraphVersion:
    """What the user has in the builder, as a version that no list shows. Raises `InvalidGraphError`."""
    drawing = drafts.drawing_of(graph=graph, user=user)
    return trials.keep(graph=graph, drawing=drawing, message=_("Draft"))


@transaction.atomic
def stop(evaluation: Evaluation) -> None:
    """Start no more runs of it, and stop those that go on; what they have come to stays."""
    held = Evaluation.objects.select_for_update().get(pk=evaluation.pk)
    waiting = held.samples.filter(verdict=Verdict.WAITING)
    waiting.update(verdict=Verdict.FAILED, findings=["It was stopped before it began"])
    open_ = Execution.objects.unfinished()
    for run in open_.filter(Q(sample__evaluation=held) | Q(judgement__sample__evaluation=held)):
        runs.stop(run)


def start_data_set(
    *, version: GraphVersion, user: User, name: str, text: str, at_once: int = AT_ONCE
) -> Evaluation:
    """Run a version with each line of a CSV text.

    Raises `NotRecordableError` for a text that is no such table, `UnknownNameError` for one with other columns.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        schemas = require_columns(version.load(), rows.fieldnames or ())
        samples = [_sample_of(row, schemas) for row in rows]
    except csv.Error as error:
        raise NotRecordableError(_("This is no CSV: %(error)s") % {"error": error}) from None
    if not samples or len(samples) > MAX_SAMPLES:
        words = {"most": MAX_SAMPLES}
        raise NotRecordableError(_("A data set has 1 to %(most)s lines below its first") % words)
    return _start(version, user, name, at_once, samples)


def _sample_of(row: Mapping[str | None, Any], schemas: Mapping[str, Any]) -> Sample:
    if None in row or None in row.values():
        raise NotRecordableError(_("Each line must have as many columns as the first one"))
    given = {str(name): value for name, value in row.items()}
    inputs = {
        name: _typed(value, schemas[name])
        for name, value in given.items()
        if not name.startswith(EXPECTED)
    }
    expected = {
        name.removeprefix(EXPECTED): value
        for name, value in given.items()
        if name.startswith(EXPECTED) and value
    }
    checks = [
        {"output": name, "kind": CheckKind.CONTAINS.value, "value": value}
        for name, value in expected.items()
    ]
    return Sample(inputs=inputs, checks=checks)


def _typed(text: str, schema: Mapping[str, Any]) -> Any:
    """A cell as the input takes it: JSON for what is no text."""
    if schema.get("type", "string") == "string":
        return text
    try:
        return json_text.read(text.encode())
    except JsonError:
        return text  # the run says what is wrong with it


@transaction.atomic
def _start(
    version: GraphVersion, user: User, name: str, at_once: int, samples: Sequence[Sample]
) -> Evaluation:
    graph = _whole(version.graph)
    evaluation = Evaluation.objects.create(
        user=user, graph=graph, version=version, name=name[:100], at_once=at_once
    )
    for position, sample in enumerate(samples):
        sample.evaluation, sample.position = evaluation, position
    Sample.objects.bulk_create(samples)
    return evaluation
