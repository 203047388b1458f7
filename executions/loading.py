"""Reads what a burst has to look at, and what a run has given, with a handful of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from executions import statements
from executions.engine.burst import Lane, State
from executions.engine.fan_out import FAN_OUT, FanOuts
from executions.engine.firing import Firing, Outcome, Scope
from executions.engine.outcome import Failure
from executions.engine.plan import Plan
from executions.engine.status import Status
from executions.engine.values import load
from executions.statements import Rows, Statement
from executions.turns import Run

MAX_LOADED = 5_000  # finished or queued firings that one burst takes on

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

    @property
    def taken(self) -> list[Firing]:
        """What the burst runs or finishes."""
        return [*self.finished, *self.ready]


def read_work(execution_id: UUID) -> list[Statement]:
    """Give what `load_work` takes: firings to look at, and nodes with other open or held firings."""
    return [
        Statement(_FIRINGS, [execution_id, execution_id, MAX_LOADED]),
        Statement(_LANES, [execution_id]),
    ]


_FIRINGS = f"""
(SELECT {_COLUMNS} FROM executions_nodeexecution
  WHERE execution_id = %s AND status = 'INCOMPLETE' ORDER BY position)
UNION ALL
(SELECT {_COLUMNS} FROM executions_nodeexecution
  WHERE execution_id = %s AND for_advance AND status IN ('QUEUED', 'RUNNING', 'WAITING')
  ORDER BY position LIMIT %s)
"""  # noqa: S608 - a constant of this file
_LANES = """
SELECT node_id, status, min(position) FROM executions_nodeexecution
 WHERE execution_id = %s AND NOT for_advance
   AND (status IN ('QUEUED', 'RUNNING', 'WAITING') OR NOT is_delivered)
 GROUP BY node_id, status
"""
# What is beyond MAX_LOADED stays open, too.
_LANES_BEYOND = """
SELECT node_id, status, min(position) FROM executions_nodeexecution
 WHERE execution_id = %s AND for_advance AND status IN ('QUEUED', 'RUNNING', 'WAITING') AND id <> ALL(%s)
 GROUP BY node_id, status
"""


def load_work(run: Run, plan: Plan, firings: Rows, lanes: Rows) -> Loaded:
    """Everything that a burst of this run has to look at."""
    loaded = Loaded(state=State(next_position=run.node_count))
    _sort_firings(firings, loaded)
    if len(firings) >= MAX_LOADED:
        taken = [firing.id for firing in loaded.taken]
        lanes = lanes + statements.run(Statement(_LANES_BEYOND, [run.id, taken]))[0]
    _load_lanes(run, loaded, lanes)
    if any(node.static_pins for node in plan.nodes.values()):
        _load_static(run, loaded)
    if plan.has_scopes:
        _load_fan_outs(run, plan, loaded)
    return loaded


def _sort_firings(rows: Rows, loaded: Loaded) -> None:
    waiting: dict[str, list[Firing]] = {}
    for row in rows:
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


def _load_lanes(run: Run, loaded: Loaded, rows: Rows) -> None:
    """Nodes with other open or held firings, and the statuses of what stays open whatever this burst does."""
    with_held = []
    for node_id, name, position in rows:
        lane = loaded.state.lanes.setdefault(node_id, Lane())
        status = Status(name)
        if status.is_open:
            lane.first_elsewhere = min(lane.first_elsewhere, position)
            loaded.open_elsewhere.add(status)
        else:
            with_held.append(node_id)
    finishing = {firing.node_id for firing in loaded.taken}
    _load_held(run, loaded.state.lanes, [node for node in with_held if node in finishing])


_HELD = f"""
SELECT {_COLUMNS} FROM executions_nodeexecution
 WHERE execution_id = %s AND node_id = %s AND NOT is_delivered
   AND status IN ('COMPLETED', 'FAILED') AND position < %s
"""  # noqa: S608 - a constant of this file


def _load_held(run: Run, lanes: dict[str, Lane], node_ids: list[str]) -> None:
    reads = [
        Statement(_HELD, [run.id, node_id, min(lanes[node_id].first_elsewhere, 2**31 - 1)])
        for node_id in node_ids
    ]
    for node_id, rows in zip(node_ids, statements.run(*reads), strict=True):
        lanes[node_id].held = [_firing(row) for row in rows]


def _load_static(run: Run, loaded: Loaded) -> None:
    (rows,) = statements.run(
        Statement(
            "SELECT node_id, pin, value::text FROM executions_staticvalue WHERE execution_id = %s",
            [run.id],
        )
    )
    for node_id, pin, value in rows:
        loaded.state.static.setdefault(node_id, {})[pin] = load(value)


def _scope(text: str) -> Scope:
    return tuple((position, index) for position, index in load(text)) if text != "[]" else ()


_SCOPES_ELSEWHERE = """
SELECT DISTINCT (frame ->> 0)::int FROM executions_nodeexecution, jsonb_array_elements(scope) frame
 WHERE execution_id = %s AND (status IN ('QUEUED', 'RUNNING', 'WAITING') OR NOT is_delivered) AND id <> ALL(%s)
"""
_OPENERS = """
SELECT position, node_id FROM executions_nodeexecution WHERE execution_id = %s AND position = ANY(%s)
"""
_COLLECTED = """
SELECT (inputs ->> %s)::int FROM executions_nodeexecution WHERE execution_id = %s AND node_id = ANY(%s)
"""


def _load_fan_outs(run: Run, plan: Plan, loaded: Loaded) -> None:
    state = loaded.state
    held = [firing for lane in state.lanes.values() for firing in lane.held]
    here = [*loaded.taken, *held]
    waiting = [firing for firings in state.waiting.values() for firing in firings]
    inside = {position for firing in (*here, *waiting) for position, _index in firing.scope}
    collectors = [node.id for node in plan.nodes.values() if node.traits.collects]
    elsewhere, openers, collected = statements.run(
        Statement(_SCOPES_ELSEWHERE, [run.id, [firing.id for firing in here]]),
        Statement(_OPENERS, [run.id, sorted(inside)]),
        Statement(_COLLECTED, [FAN_OUT, run.id, collectors]),
    )
    state.fan_outs = FanOuts(
        elsewhere=frozenset(row[0] for row in elsewhere),
        openers=dict(openers),
        fetch=partial(_fetch_items, run.id),
        collected={row[0] for row in collected},
    )


_ITEMS = f"""
SELECT {_COLUMNS} FROM executions_nodeexecution
 WHERE execution_id = %s AND node_id = ANY(%s) AND status IN ('COMPLETED', 'FAILED')
   AND is_delivered AND (position = %s OR (scope -> -1 ->> 0)::int = %s)
"""  # noqa: S608 - a constant of this file


def _fetch_items(run_id: UUID, node_ids: Iterable[str], position: int) -> list[Firing]:
    """Ended firings of these nodes in the fan-out of the for-each at this position, itself included."""
    (rows,) = statements.run(Statement(_ITEMS, [run_id, list(node_ids), position, position]))
    return [_firing(row) for row in rows]


def read_failures(run_id: UUID) -> Statement:
    """Give the node executions that failed, in order; the first hundred tell enough."""
    return Statement(
        "SELECT node_id, error FROM executions_nodeexecution"
        " WHERE execution_id = %s AND status = 'FAILED' ORDER BY position LIMIT 100",
        [run_id],
    )


def failures_of(rows: Rows) -> list[Failure]:
    """What was read."""
    return [Failure(*row) for row in rows]


def read_outputs(run_id: UUID, plan: Plan) -> Statement:
    """Give what the nodes sent that make the run's outputs, in the order of their firings.

    They are the output nodes; a graph without any gives what its last nodes sent.
    """
    return Statement(
        "SELECT node_id, inputs->>'name', outputs::text FROM executions_nodeexecution"
        " WHERE execution_id = %s AND node_id = ANY(%s) AND status = 'COMPLETED' ORDER BY position",
        [run_id, [node.id for node in plan.outputs or plan.last_nodes]],
    )


def outputs_of(plan: Plan, rows: Rows) -> dict[str, list[Any]]:
    """The run's outputs so far, {name: [value, …]}."""
    outputs: dict[str, list[Any]] = {}
    for node_id, name, sent in rows:
        for pin, value in load(sent):
            if not plan.outputs:
                outputs.setdefault(pin, []).append(value)
            elif pin == "output":
                outputs.setdefault(name or node_id, []).append(value)
    return outputs
