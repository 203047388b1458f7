"""Reads what a burst has to look at, and what a run has given, with a handful of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection

from executions.engine.burst import Lane, State
from executions.engine.fan_out import FAN_OUT, FanOuts
from executions.engine.firing import Firing, Outcome, Scope
from executions.engine.outcome import Failure
from executions.engine.plan import Plan
from executions.engine.status import Status
from executions.engine.values import load
from executions.turns import Run

MAX_LOADED = 5_000  # finished or queued firings that one burst takes on
NODES_PER_EVENT = 500

_COLUMNS = (
    "id, node_id, position, status, inputs::text, outputs::text, error, error_code, is_delivered,"
    " attempts, failures, started_at, ended_at, answer::text, scope::text"
)


@dataclass(slots=True)
class Loaded:
    """What waits for a burst."""

    finished: list[Firing] = field(
        default_factory=list
    )  # their outcome is set, nothing is delivered yet
    ready: list[Firing] = field(default_factory=list)  # pure, queued
    state: State = field(default_factory=lambda: State(0))
    open_elsewhere: set[Status] = field(default_factory=set)


def load_work(run: Run, plan: Plan) -> Loaded:
    """Everything that a burst of this run has to look at."""
    loaded = Loaded(state=State(next_position=run.node_count))
    with connection.cursor() as cursor:
        _load_firings(cursor, run, loaded)
        _load_lanes(cursor, run, loaded)
        if any(node.static_pins for node in plan.nodes.values()):
            _load_static(cursor, run, loaded)
        if plan.has_scopes:
            _load_fan_outs(cursor, run, plan, loaded)
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
        scope=_scope(times[3]),
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


def _scope(text: str) -> Scope:
    return tuple((position, index) for position, index in load(text)) if text != "[]" else ()


def _load_fan_outs(cursor: Any, run: Run, plan: Plan, loaded: Loaded) -> None:
    state = loaded.state
    held = [firing for lane in state.lanes.values() for firing in lane.held]
    here = [*loaded.finished, *loaded.ready, *held]
    cursor.execute(
        "SELECT DISTINCT (frame ->> 0)::int"
        " FROM executions_nodeexecution, jsonb_array_elements(scope) frame"
        " WHERE execution_id = %s AND (status IN ('QUEUED', 'RUNNING', 'WAITING') OR NOT is_delivered)"
        " AND id <> ALL(%s)",
        [run.id, [firing.id for firing in here]],
    )
    elsewhere = frozenset(row[0] for row in cursor.fetchall())
    waiting = [firing for firings in state.waiting.values() for firing in firings]
    inside = {position for firing in (*here, *waiting) for position, _index in firing.scope}
    cursor.execute(
        "SELECT position, node_id FROM executions_nodeexecution"
        " WHERE execution_id = %s AND position = ANY(%s)",
        [run.id, sorted(inside)],
    )
    openers = dict(cursor.fetchall())
    cursor.execute(
        "SELECT (inputs ->> %s)::int FROM executions_nodeexecution"
        " WHERE execution_id = %s AND node_id = ANY(%s)",
        [FAN_OUT, run.id, [node.id for node in plan.nodes.values() if node.traits.collects]],
    )
    collected = {row[0] for row in cursor.fetchall()}
    state.fan_outs = FanOuts(elsewhere, openers, partial(_fetch_items, run.id), collected)


def _fetch_items(run_id: UUID, node_ids: Iterable[str], position: int) -> list[Firing]:
    """Ended firings of these nodes in the fan-out of the for-each at this position, itself included."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM executions_nodeexecution"  # noqa: S608 - a constant of this file
            " WHERE execution_id = %s AND node_id = ANY(%s) AND status IN ('COMPLETED', 'FAILED')"
            " AND is_delivered AND (position = %s OR (scope -> -1 ->> 0)::int = %s)",
            [run_id, list(node_ids), position, position],
        )
        return [_firing(row) for row in cursor.fetchall()]


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
