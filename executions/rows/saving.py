"""Writes node executions, with a handful of bulk statements: what a burst changed, and answers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from database.statements import Statement
from executions.engine.firing import Firing
from executions.engine.plan import NodePlan, Plan
from executions.engine.status import Status
from executions.engine.values import dump
from executions.rows import records
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
    "turn_at": "timestamptz",
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
    "turn_at",
    "caller_id",
    "call_id",
}
_NAMES = ", ".join(_WRITTEN)
_COPY = f"COPY executions_nodeexecution ({_NAMES}) FROM STDIN"
_INSERT = f"""
INSERT INTO executions_nodeexecution ({_NAMES}) SELECT {_NAMES} FROM {records.source(_WRITTEN)}
"""  # nosec B608 # noqa: S608 - constants
# More than slots need for one of them: a run that queues thousands leaves room for the few of others.
_BETWEEN = timedelta(milliseconds=50)
_FEW = 32  # rows that go with the other statements: COPY is faster a row, and needs two round trips of its own
_UPDATE = (
    "UPDATE executions_nodeexecution AS row SET "  # nosec B608 # noqa: S608 - made of the constants above
    + ", ".join(f"{name} = new.{name}" for name in _WRITTEN if name not in _KEPT)
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
        queued = 0
        for firing in firings:
            node = plan.nodes[firing.node_id]
            queued += firing.status is Status.QUEUED and not node.traits.is_pure
            row = _row(run, node, firing, worker, run.now + queued * _BETWEEN)
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


def _row(run: Run, node: NodePlan, firing: Firing, worker: UUID | None, turn_at: datetime) -> Row:
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
        turn_at,
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
"""  # nosec B608 # noqa: S608 - constants


def write_static(values: Sequence[tuple[UUID, str, str, Any]]) -> list[Statement]:
    """Keep the latest static values: (run, node id, pin, value)."""
    rows = [(*place, dump(value)) for *place, value in values]
    return [Statement(_KEEP, [records.as_json(_STATIC, rows)])] if rows else []


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
