"""Writes what a burst changed, and how runs end or are stopped, with a handful of bulk statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from executions.engine.firing import Firing
from executions.engine.plan import NodePlan, Plan
from executions.engine.status import Status
from executions.engine.values import dump
from executions.rows import records
from executions.rows.statements import Statement
from executions.rows.turns import Run

Row = tuple[Any, ...]

_WRITTEN = {
    "id": "uuid",
    "execution_id": "uuid",
    "node_id": "text",
    "block_id": "text",
    "cost": "int",
    "priority": "int",
    "position": "int",
    "status": "text",
    "inputs": "jsonb",
    "outputs": "jsonb",
    "error": "text",
    "error_code": "text",
    "is_delivered": "bool",
    "for_advance": "bool",
    "attempts": "int",
    "failures": "int",
    "losses": "int",
    "fence": "int",
    "worker": "uuid",
    "lease_until": "timestamptz",
    "queued_at": "timestamptz",
    "started_at": "timestamptz",
    "ended_at": "timestamptz",
    "scope": "jsonb",
    "waits_for": "text",
    "caller_id": "uuid",
    "call_id": "text",
    "due_at": "timestamptz",
}
_KEPT = {
    "id",
    "execution_id",
    "node_id",
    "block_id",
    "cost",
    "priority",
    "position",
    "losses",
    "queued_at",
    "caller_id",
    "call_id",
}
_NAMES = ", ".join(_WRITTEN)
_COPY = f"COPY executions_nodeexecution ({_NAMES}) FROM STDIN"
_INSERT = f"""
INSERT INTO executions_nodeexecution ({_NAMES}) SELECT {_NAMES} FROM {records.source(_WRITTEN)}
"""  # noqa: S608 - constants
_FEW = 32  # rows that go with the other statements: COPY is faster a row, and needs two round trips of its own
_UPDATE = (
    "UPDATE executions_nodeexecution AS row SET "  # noqa: S608 - made of the constants above
    + ", ".join(f"{name} = new.{name}" for name in _WRITTEN if name not in _KEPT)
    # The ids are said twice: PostgreSQL takes the records for a hundred and would read the whole table.
    + f" FROM {records.source(_WRITTEN)} WHERE row.id = new.id AND row.id = ANY(%s)"
)


def write_firings(
    changed: Iterable[tuple[Run, Plan, Iterable[Firing]]], worker: UUID | None = None
) -> list[Statement]:
    """Insert the firings that have no row, at once where they are many, and update the others; gives what is left to do.

    RUNNING ones are leased to `worker`.
    """
    new: list[Row] = []
    stored: list[Row] = []
    for run, plan, firings in changed:
        for firing in firings:
            row = _row(run, plan.nodes[firing.node_id], firing, worker)
            (stored if firing.is_stored else new).append(row)
    writes = []
    if len(new) > _FEW:
        _copy(new)
    elif new:
        writes.append(Statement(_INSERT, [records.as_json(_WRITTEN, new)]))
    if stored:
        ids = [row[0] for row in stored]
        writes.append(Statement(_UPDATE, [records.as_json(_WRITTEN, stored), ids]))
    return writes


def _copy(rows: Iterable[Row]) -> None:
    # Django wraps the errors of `execute` alone; by its classes is known that the database is away.
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(_COPY) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _row(run: Run, node: NodePlan, firing: Firing, worker: UUID | None) -> Row:
    """The columns of `_WRITTEN`."""
    outcome = firing.outcome
    is_leased = firing.status is Status.RUNNING
    return (
        firing.id,
        run.id,
        node.id,
        node.block_id,
        node.traits.cost,
        node.policy.priority,
        firing.position,
        firing.status.value,
        dump(firing.inputs),
        (outcome.outputs_json or dump(outcome.outputs)) if outcome else "[]",
        (outcome.error or "").replace("\0", "\ufffd") if outcome else "",
        outcome.error_code if outcome else "",
        firing.is_delivered,
        firing.status is Status.QUEUED and node.traits.is_pure,
        firing.attempts,
        firing.failures,
        0,
        firing.fence,
        worker if is_leased else None,
        run.now + timedelta(seconds=settings.LEASE_SECONDS) if is_leased else None,
        run.now,
        firing.started_at,
        firing.ended_at,
        dump(firing.scope) if firing.scope else "[]",
        firing.wait.waits_for if firing.wait else "",
        firing.caller_id,
        firing.call_id,
        run.now + timedelta(seconds=firing.wait.seconds)
        if firing.wait and firing.wait.seconds is not None
        else None,
    )


_STATIC = {"execution_id": "uuid", "node_id": "text", "pin": "text", "value": "jsonb"}
_KEEP = f"""
INSERT INTO executions_staticvalue (execution_id, node_id, pin, value)
SELECT execution_id, node_id, pin, value FROM {records.source(_STATIC)}
    ON CONFLICT (execution_id, node_id, pin) DO UPDATE SET value = excluded.value
"""  # noqa: S608 - constants


def write_static(values: Sequence[tuple[UUID, str, str, Any]]) -> list[Statement]:
    """Keep the latest static values: (run, node id, pin, value)."""
    rows = [(*place, dump(value)) for *place, value in values]
    return [Statement(_KEEP, [records.as_json(_STATIC, rows)])] if rows else []


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
"""  # noqa: S608 - constants


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
            " effect_started_at IS NOT NULL",
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
            " RETURNING graph_id, user_id, parent_id, event_seq",
            [status.value, error, event_count, refunded, run_id],
        )
        row = cursor.fetchone()
    return RunRow(*row) if row else None


def lock_parent(parent_id: UUID) -> None:
    """Keep the parent's node execution as it is until this transaction ends.

    Without it, a child that ends while its parent goes to sleep could be overlooked by both.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM executions_nodeexecution WHERE id = %s FOR UPDATE", [parent_id])


def answer(
    node_execution_id: UUID, waits_for: str, data: Mapping[str, Any], *, for_advance: bool
) -> bool:
    """Let a node execution that waits for this go on; False when it does not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE executions_nodeexecution SET status = 'QUEUED', due_at = NULL, waits_for = '',"
            " for_advance = %s, answer = %s::jsonb"
            " WHERE id = %s AND status = 'WAITING' AND waits_for = %s",
            [for_advance, dump({"by": waits_for, "data": data}), node_execution_id, waits_for],
        )
        return bool(cursor.rowcount == 1)
