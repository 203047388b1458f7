"""Writes how runs stand, how they end, and what is cancelled by that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from database.statements import Statement
from executions.engine.status import Status
from executions.engine.values import dump
from executions.rows import records
from executions.rows.turns import Run

Row = tuple[Any, ...]


@dataclass(slots=True)
class RunChange:
    """What a burst writes into the run's row; outputs only when the run is over."""

    status: Status
    node_count: int
    error_count: int
    refunded: int = 0  # credits that the run need not pay after all
    error: str = ""
    outputs: dict[str, list[Any]] | None = None


_CHANGED = {
    "id": "uuid",
    "status": "text",
    "node_count": "int",
    "error_count": "int",
    "refunded": "int",
    "error": "text",
    "outputs": "jsonb",
    "is_final": "bool",
    "event_count": "int",
    "now": "timestamptz",
}
_CHANGE = f"""
UPDATE executions_execution AS run
   SET status = new.status, node_count = new.node_count, error_count = new.error_count, error = new.error,
       cost = run.cost - new.refunded, event_seq = run.event_seq + new.event_count,
       started_at = coalesce(run.started_at, new.now), outputs = coalesce(new.outputs, run.outputs),
       ended_at = CASE WHEN new.is_final THEN clock_timestamp() END
  FROM {records.source(_CHANGED)} WHERE run.id = new.id AND run.id = ANY(%s)
RETURNING run.id, run.event_seq
"""  # nosec B608 # noqa: S608 - constants


def lock_runs(ids: Sequence[UUID]) -> Statement:
    """In the order in which everybody locks several of them, or two could wait for each other."""
    return Statement(
        "SELECT FROM executions_execution WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [ids]
    )


def write_runs(changes: Sequence[tuple[Run, RunChange, int]]) -> Statement:
    """Change the rows of runs and take numbers for that many new events; gives (id, last number)."""
    rows = [_changed(*each) for each in changes]
    return Statement(_CHANGE, [records.as_json(_CHANGED, rows), [row[0] for row in rows]])


def _changed(run: Run, change: RunChange, event_count: int) -> Row:
    """The columns of `_CHANGED`."""
    outputs = "null" if change.outputs is None else dump(change.outputs)
    counts = (change.node_count, change.error_count, change.refunded)
    status = change.status
    return (
        run.id,
        status.value,
        *counts,
        change.error,
        outputs,
        status.is_final,
        event_count,
        run.now,
    )


@dataclass(frozen=True, slots=True)
class RunRow:
    """The row of a run that was ended."""

    graph_id: UUID
    user_id: UUID
    parent_id: UUID | None
    event_seq: int
    started_at: datetime | None
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class CancelledRow:
    """A node execution that was cancelled."""

    id: UUID
    node_id: str
    position: int
    attempts: int
    started_at: datetime | None
    ended_at: datetime
    fence: int
    has_effect: bool
    block_id: str

    @property
    def unpaid(self) -> tuple[str, ...]:
        """References of what need not be paid: the block, unless its effect may have happened, and the last attempt."""
        last = f"{self.id}:{self.fence}"
        if not self.attempts:
            return ()
        return (last,) if self.has_effect else (str(self.id), last)


def cancel_open(run_id: UUID) -> list[CancelledRow]:
    """Cancel every open node execution of a run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE executions_nodeexecution SET status = 'CANCELLED', for_advance = false,"
            " is_delivered = true, lease_until = NULL, due_at = NULL, ended_at = clock_timestamp()"
            # In the order in which everybody locks rows of this table, or two could wait for each other.
            " WHERE id IN (SELECT id FROM executions_nodeexecution WHERE execution_id = %s"
            "  AND status IN ('QUEUED', 'RUNNING', 'WAITING') ORDER BY id FOR UPDATE)"
            " RETURNING id, node_id, position, attempts, started_at, ended_at, fence,"
            " effect_started_at IS NOT NULL, block_id",
            [run_id],
        )
        return [CancelledRow(*row) for row in cursor.fetchall()]


def end_run(
    run_id: UUID, status: Status, error: str, event_count: int, *, refunded: int
) -> RunRow | None:
    """End a run and take numbers for the events; None when it had ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE executions_execution SET status = %s, error = %s, ended_at = clock_timestamp(),"
            " event_seq = event_seq + %s, cost = cost - %s"
            " WHERE id = %s AND status IN ('QUEUED', 'RUNNING', 'WAITING')"
            " RETURNING graph_id, user_id, parent_id, event_seq, started_at, ended_at",
            [status.value, error, event_count, refunded, run_id],
        )
        row = cursor.fetchone()
    return RunRow(*row) if row else None
