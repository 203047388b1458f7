"""What an evaluation has come to, as a table: for the page, for programs, and as CSV."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from executions.evaluation.models import Evaluation, Sample, Verdict

_FORMULAS = tuple("=+-@\t\r")


@dataclass(frozen=True, slots=True)
class Table:
    """All samples, and what they come to together."""

    rows: Sequence[Sample]
    inputs: Sequence[str]  # names of columns
    outputs: Sequence[str]

    @property
    def passed(self) -> int:
        """How many were as expected."""
        return self._count(Verdict.PASSED)

    @property
    def failed(self) -> int:
        """How many were not."""
        return self._count(Verdict.FAILED)

    @property
    def score(self) -> float | None:
        """The mean of those that have one."""
        scores = [row.score for row in self.rows if row.score is not None]
        return sum(scores) / len(scores) if scores else None

    @property
    def cost(self) -> int:
        """Credits, of the runs and of what judged them."""
        return sum(cost_of(row) for row in self.rows)

    def _count(self, verdict: Verdict) -> int:
        return sum(row.verdict == verdict for row in self.rows)


def table_of(evaluation: Evaluation) -> Table:
    """Read it (three queries)."""
    samples = evaluation.samples.select_related("execution").defer("answers")
    rows = list(samples.prefetch_related("judgements__execution"))
    inputs = dict.fromkeys(name for row in rows for name in row.inputs)
    outputs = dict.fromkeys(name for row in rows if row.execution for name in row.execution.outputs)
    return Table(rows, list(inputs), list(outputs))


def cost_of(sample: Sample) -> int:
    """Credits, of its run and of what judged it."""
    judges = [judgement.execution for judgement in sample.judgements.all()]
    return sum(run.cost for run in (sample.execution, *judges) if run)


def csv_of(evaluation: Evaluation) -> str:
    """The table as a file: inputs, outputs, verdict, score, seconds, credits, findings."""
    table, file = table_of(evaluation), io.StringIO()
    writer = csv.writer(file)
    told = ("verdict", "score", "seconds", "credits", "findings")
    writer.writerow([*table.inputs, *(f"output:{name}" for name in table.outputs), *told])
    writer.writerows(_line(table, row) for row in table.rows)
    return file.getvalue()


def _line(table: Table, row: Sample) -> list[Any]:
    run = row.execution
    outputs = run.outputs if run else {}
    return [
        *(_cell(row.inputs.get(name)) for name in table.inputs),
        *(_cell(_single(outputs.get(name))) for name in table.outputs),
        row.verdict,
        row.score,
        run.duration if run and run.has_ended else None,
        cost_of(row),
        _cell("; ".join(row.findings)),
    ]


def _single(values: Sequence[Any] | None) -> Any:
    return values[0] if values and len(values) == 1 else values


def _cell(value: Any) -> str:
    """As text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(_FORMULAS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
