"""Reads what a burst needs of a run, and writes what it changed, with a handful of bulk statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from executions import records
from executions.engine.burst import Lane, State
from executions.engine.firing import Firing, Outcome
from executions.engine.outcome import Failure
from executions.engine.plan import NodePlan, Plan
from executions.engine.status import Status
from executions.engine.values import dump, load

MAX_LOADED = 5_000  # finished or queued firings that one burst takes on
NODES_PER_EVENT = 500

_COLUMNS = (
    "id, node_id, position, status, inputs::text, outputs::text, error, error_code, is_delivered,"
    " attempts, failures, started_at, ended_at, answer::text"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A run's row as a burst sees it, and the database's time."""

    id: UUID
    graph_id: UUID
    version_id: UUID
    user_id: UUID
    timezone: str
    status: Status
    node_count: int
    error_count: int
    created_at: datetime
    parent_id: UUID | None
    now: datetime


@dataclass(slots=True)
class Loaded:
    """What waits for a burst."""

    finished: list[Firing] = field(
        default_factory=list
    )  # their outcome is set, nothing is delivered yet
    ready: list[Firing] = field(default_factory=list)  # pure, queued
    state: State = field(default_factory=lambda: State(0))
    open_elsewhere: set[Status] = field(default_factory=set)


def take_turn(execution_id: UUID) -> bool:
    """Become the one who works on this run until the transaction ends; False when another one does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_lock_key(execution_id)])
        return bool(cursor.fetchone()[0])


def wait_for_turn(execution_id: UUID) -> None:
    """Become the one who works on this run until the transaction ends, after whoever does so now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_lock_key(execution_id)])


def _lock_key(execution_id: UUID) -> int:
    return int.from_bytes(execution_id.bytes[8:], signed=True)


def read_run(execution_id: UUID) -> Run | None:
    """The run's row; None when it was deleted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id, e.graph_id, e.version_id, e.user_id, u.timezone, e.status, e.node_count, e.error_count,"
            " e.created_at, e.parent_id, clock_timestamp()"
            " FROM executions_execution e JOIN accounts_user u ON u.id = e.user_id WHERE e.id = %s",
            [execution_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    id_, graph_id, version_id, user_id, zone, status, *rest = row
    return Run(id_, graph_id, version_id, user_id, zone, Status(status), *rest)


def load_work(run: Run, plan: Plan) -> Loaded:
    """Everything that a burst of this run has to look at."""
    loaded = Loaded(state=State(next_position=run.node_count))
    with connection.cursor() as cursor:
        _load_firings(cursor, run, loaded)
        _load_lanes(cursor, run, loaded)
        if any(node.static_pins for node in plan.nodes.values()):
            _load_static(cursor, run, loaded)
    return loaded


def _load_firings(cursor: Any, run: Run, loaded: Loaded) -> None:
    cursor.execute(
        f"(SELECT {_COLUMNS} FROM executions_nodeexecution"  # noqa: S608 - a constant of this file
        "  WHERE execution_id = %(run)s AND status = 'INCOMPLETE' ORDER BY position)"
        " UNION ALL"
        f" (SELECT {_COLUMNS} FROM executions_nodeexecution"
        "  WHERE execution_id = %(run)s AND for_advance AND status IN ('QUEUED', 'RUNNING', 'WAITING')"
        "  ORDER BY position LIMIT %(limit)s)",
        {"run": run.id, "limit": MAX_LOADED},
    )
    waiting: dict[str, list[Firing]] = {}
    for row in cursor.fetchall():
        firing = _firing(row)
        if firing.status is Status.INCOMPLETE:
            waiting.setdefault(firing.node_id, []).append(firing)
        elif firing.status is Status.QUEUED:
            loaded.ready.append(firing)
        else:
            loaded.finished.append(firing)
    loaded.state.waiting = waiting


def _firing(row: Sequence[Any]) -> Firing:
    (
        id_,
        node_id,
        position,
        status,
        inputs,
        outputs,
        error,
        code,
        delivered,
        attempts,
        failures,
        *times,
    ) = row
    return Firing(
        id=id_,
        node_id=node_id,
        position=position,
        status=Status(status),
        inputs=load(inputs),
        outcome=None
        if status in {Status.INCOMPLETE, Status.QUEUED}
        else Outcome(load(outputs), error or None, code),
        is_delivered=delivered,
        attempts=attempts,
        failures=failures,
        started_at=times[0],
        ended_at=times[1],
        answer=load(times[2]) if times[2] else None,
        is_stored=True,
    )


def _load_lanes(cursor: Any, run: Run, loaded: Loaded) -> None:
    """Nodes with other open or held firings, and the statuses of what stays open whatever this burst does."""
    taken = [firing.id for firing in (*loaded.finished, *loaded.ready)]
    cursor.execute(
        "SELECT node_id, status, min(position) FROM executions_nodeexecution"
        " WHERE execution_id = %s AND (status IN ('QUEUED', 'RUNNING', 'WAITING') OR NOT is_delivered)"
        " AND id <> ALL(%s) GROUP BY node_id, status",
        [run.id, taken],
    )
    with_held = []
    for node_id, name, position in cursor.fetchall():
        lane = loaded.state.lanes.setdefault(node_id, Lane())
        status = Status(name)
        if status.is_open:
            lane.first_elsewhere = min(lane.first_elsewhere, position)
            loaded.open_elsewhere.add(status)
        else:
            with_held.append(node_id)
    finishing = {firing.node_id for firing in (*loaded.finished, *loaded.ready)}
    _load_held(cursor, run, loaded.state.lanes, [node for node in with_held if node in finishing])


def _load_held(cursor: Any, run: Run, lanes: dict[str, Lane], node_ids: list[str]) -> None:
    for node_id in node_ids:
        lane = lanes[node_id]
        cursor.execute(
            f"SELECT {_COLUMNS} FROM executions_nodeexecution"  # noqa: S608 - a constant of this file
            " WHERE execution_id = %s AND node_id = %s AND NOT is_delivered"
            " AND status IN ('COMPLETED', 'FAILED') AND position < %s",
            [run.id, node_id, min(lane.first_elsewhere, 2**31 - 1)],
        )
        lane.held = [_firing(row) for row in cursor.fetchall()]


def _load_static(cursor: Any, run: Run, loaded: Loaded) -> None:
    cursor.execute(
        "SELECT node_id, pin, value::text FROM executions_staticvalue WHERE execution_id = %s",
        [run.id],
    )
    for node_id, pin, value in cursor.fetchall():
        loaded.state.static.setdefault(node_id, {})[pin] = load(value)


def write_firings(
    run: Run, plan: Plan, firings: Iterable[Firing], worker: UUID | None = None
) -> None:
    """Insert the firings that have no row, update those that have one; RUNNING ones are leased to `worker`."""
    new: list[Row] = []
    stored: list[Row] = []
    for firing in firings:
        row = _row(run, plan.nodes[firing.node_id], firing, worker)
        (stored if firing.is_stored else new).append(row)
    with connection.cursor() as cursor:
        if new:
            with cursor.copy(_INSERT) as copy:
                for row in new:
                    copy.write_row(row)
        if stored:
            cursor.execute(_UPDATE, [records.as_json(_WRITTEN, stored)])


Row = tuple[Any, ...]

_WRITTEN = {
    "id": "uuid",
    "execution_id": "uuid",
    "node_id": "text",
    "block_id": "text",
    "cost": "int",
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
    "waits_for": "text",
    "due_at": "timestamptz",
}
_KEPT = {"id", "execution_id", "node_id", "block_id", "cost", "position", "losses", "queued_at"}
_INSERT = f"COPY executions_nodeexecution ({', '.join(_WRITTEN)}) FROM STDIN"
_UPDATE = (
    "UPDATE executions_nodeexecution AS row SET "  # noqa: S608 - made of the constants above
    + ", ".join(f"{name} = new.{name}" for name in _WRITTEN if name not in _KEPT)
    + f" FROM {records.source(_WRITTEN)} WHERE row.id = new.id"
)


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
        firing.wait.waits_for if firing.wait else "",
        run.now + timedelta(seconds=firing.wait.seconds)
        if firing.wait and firing.wait.seconds is not None
        else None,
    )


_STATIC = {"node_id": "text", "pin": "text", "value": "jsonb"}


def write_static(run_id: UUID, values: Iterable[tuple[str, str, Any]]) -> None:
    """Keep the latest static values: (node id, pin, value)."""
    rows = [(node_id, pin, dump(value)) for node_id, pin, value in values]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO executions_staticvalue (execution_id, node_id, pin, value)"  # noqa: S608 - constants
            f" SELECT %s, node_id, pin, value FROM {records.source(_STATIC)}"
            " ON CONFLICT (execution_id, node_id, pin) DO UPDATE SET value = excluded.value",
            [run_id, records.as_json(_STATIC, rows)],
        )


def read_failures(run_id: UUID) -> list[Failure]:
    """The node executions that failed, in order; the first hundred tell enough."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT node_id, error FROM executions_nodeexecution"
            " WHERE execution_id = %s AND status = 'FAILED' ORDER BY position LIMIT 100",
            [run_id],
        )
        return [Failure(*row) for row in cursor.fetchall()]


def read_outputs(run_id: UUID, plan: Plan) -> dict[str, list[Any]]:
    """The run's outputs so far, {name: [value, …]} in the order of their firings.

    They come from the output nodes; a graph without any gives what its last nodes sent.
    """
    from_outputs = bool(plan.outputs)
    nodes = plan.outputs or plan.last_nodes
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT node_id, inputs->>'name', outputs::text FROM executions_nodeexecution"
            " WHERE execution_id = %s AND node_id = ANY(%s) AND status = 'COMPLETED' ORDER BY position",
            [run_id, [node.id for node in nodes]],
        )
        rows = cursor.fetchall()
    outputs: dict[str, list[Any]] = {}
    for node_id, name, sent in rows:
        for pin, value in load(sent):
            if not from_outputs:
                outputs.setdefault(pin, []).append(value)
            elif pin == "output":
                outputs.setdefault(name or node_id, []).append(value)
    return outputs


@dataclass(slots=True)
class RunChange:
    """What a burst writes into the run's row; outputs only when the run is over."""

    status: Status
    node_count: int
    error_count: int
    error: str = ""
    outputs: dict[str, list[Any]] | None = None


@dataclass(frozen=True, slots=True)
class RunRow:
    """The run's row after the change."""

    graph_id: UUID
    event_seq: int


def write_run(run: Run, change: RunChange, event_count: int) -> RunRow:
    """Change the run's row and take numbers for its new events."""
    is_final = change.status.is_final
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE executions_execution SET status = %s, node_count = %s, error_count = %s, error = %s,"
            " event_seq = event_seq + %s, started_at = coalesce(started_at, %s),"
            " outputs = coalesce(%s::jsonb, outputs),"
            " ended_at = CASE WHEN %s THEN clock_timestamp() END"
            " WHERE id = %s RETURNING graph_id, event_seq",
            [
                change.status.value,
                change.node_count,
                change.error_count,
                change.error,
                event_count,
                run.now,
                None if change.outputs is None else dump(change.outputs),
                is_final,
                run.id,
            ],
        )
        return RunRow(*cursor.fetchone())


@dataclass(frozen=True, slots=True)
class CancelledRow:
    """A node execution that was cancelled."""

    id: UUID
    node_id: str
    position: int
    attempts: int
    started_at: datetime | None
    ended_at: datetime


def cancel_open(run_id: UUID) -> list[CancelledRow]:
    """Cancel every open node execution of a run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE executions_nodeexecution SET status = 'CANCELLED', for_advance = false,"
            " is_delivered = true, lease_until = NULL, due_at = NULL, ended_at = clock_timestamp()"
            " WHERE execution_id = %s AND status IN ('QUEUED', 'RUNNING', 'WAITING')"
            " RETURNING id, node_id, position, attempts, started_at, ended_at",
            [run_id],
        )
        return [CancelledRow(*row) for row in cursor.fetchall()]


def cancel_run(run_id: UUID, event_count: int) -> RunRow | None:
    """End a run as CANCELLED and take numbers for the events; None when it had ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE executions_execution SET status = 'CANCELLED', ended_at = clock_timestamp(),"
            " event_seq = event_seq + %s WHERE id = %s AND status IN ('QUEUED', 'RUNNING', 'WAITING')"
            " RETURNING graph_id, event_seq",
            [event_count, run_id],
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
