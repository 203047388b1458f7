"""Counts what has ended, in the transaction in which it ends: after a crash the numbers are those of the tables."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.conf import settings

from database.statements import Statement
from executions.engine.status import Status
from executions.measuring import Counts, Increment
from executions.rows import records
from executions.rows.runs import CancelledRow

GRAPHS, BLOCKS, LOSSES = "graph_executions", "block_executions", "lease_losses"


class Owned(Protocol):
    """A run, in whatever form."""

    @property
    def user_id(self) -> UUID:
        """Who has started it."""

    @property
    def graph_id(self) -> UUID:
        """What it runs."""


class Tally:
    """What one transaction has ended."""

    def __init__(self) -> None:
        self._counts = Counts()

    def run(self, run: Owned, status: Status, began: datetime | None, ended: datetime) -> None:
        """Count a run that has ended; one that never began has no duration."""
        self._counts.add(GRAPHS, (status.value, *_owner(run)), _seconds(began, ended))

    def firing(
        self,
        run: Owned,
        block_id: str,
        status: Status,
        began: datetime | None = None,
        ended: datetime | None = None,
    ) -> None:
        """Count a node execution that has ended."""
        self._counts.add(BLOCKS, (block_id, status.value, *_owner(run)), _seconds(began, ended))

    def cancelled(self, run: Owned, rows: Iterable[CancelledRow]) -> None:
        """Count node executions that were cancelled; how long they took says nothing of their blocks."""
        for row in rows:
            self.firing(run, row.block_id, Status.CANCELLED)

    @property
    def statements(self) -> list[Statement]:
        """What writes it down; nothing when nothing has ended."""
        counted = self._counts.increments()
        return [insertion(counted)] if counted else []


def _owner(run: Owned) -> tuple[str, ...]:
    return (str(run.user_id), str(run.graph_id)) if settings.METRICS_OWNERS else ()


def _seconds(began: datetime | None, ended: datetime | None) -> float | None:
    return (ended - began).total_seconds() if began and ended else None


def of_losses(block_ids: Iterable[str]) -> list[Statement]:
    """Attempts that were taken from their workers."""
    counts = Counts()
    for block_id in block_ids:
        counts.add(LOSSES, (block_id,))
    counted = counts.increments()
    return [insertion(counted)] if counted else []


_COLUMNS = {
    "measure": "text",
    "labels": "text[]",
    "bucket": "int",
    "count": "int",
    "seconds": "float",
}
_INSERT = f"""
INSERT INTO executions_increment (measure, labels, bucket, count, seconds)
SELECT measure, labels, bucket, count, seconds FROM {records.source(_COLUMNS)}
"""  # nosec B608 # noqa: S608 - constants


def insertion(increments: Sequence[Increment]) -> Statement:
    """Write down what was counted."""
    return Statement(_INSERT, [records.as_json(_COLUMNS, increments)])
