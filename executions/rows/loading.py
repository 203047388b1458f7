"""Reads what a burst has to look at, with a handful of statements."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from database import statements
from database.statements import Rows, Statement
from executions.engine.fan_out import FAN_OUT, FanOuts
from executions.engine.firing import Firing, Outcome, Scope
from executions.engine.merge import Place
from executions.engine.plan import Plan
from executions.engine.recording import Asked
from executions.engine.state import Lane, State
from executions.engine.status import Status
from executions.engine.values import load
from executions.rows.turns import Run

MAX_LOADED = 5_000  # finished or queued firings that one burst takes on

_COLUMNS = (
    "id, node_id, position, status, inputs::text, outputs::text, error, error_code, is_delivered,"
    " attempts, failures, started_at, ended_at, answer::text, scope::text, caller_id, call_id"
)
_ENDED = "('COMPLETED', 'FAILED', 'SKIPPED')"
# INCOMPLETE ones are never for a burst. Said of all four, only the index by run fits: PostgreSQL, which does not know how
# many runs there will be, would read that of open ones whole, with those of everybody.
FOR_ADVANCE = "for_advance AND status IN ('QUEUED', 'RUNNING', 'WAITING', 'INCOMPLETE')"
_UNFINISHED = "(status IN ('QUEUED', 'RUNNING', 'WAITING') OR NOT is_delivered)"

# What stays of a run beside its static values. No link can have such names: behind _$_ they need an index.
SENT = "_$_sent "  # and the position of an opener: how many of its items have been sent
COUNT = "_$_count "  # and a scope: how often the node has fired in it
ASKED = (
    "_$_asked "  # and a digest of inputs: how often the node was given a recorded answer to them
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
    open_places: list[Place] = field(default_factory=list)  # where that is; for merges alone
    asked: dict[Asked, int] = field(default_factory=dict)  # how often; of ambiguous ones alone

    @property
    def taken(self) -> list[Firing]:
        """What the burst runs or finishes."""
        return [*self.finished, *self.ready]


def read_work(ids: Collection[UUID]) -> list[Statement]:
    """Give what `load_work` takes, each row behind the id of its run: firings, and nodes with others that are open."""
    runs = list(ids)
    return [Statement(_FIRINGS, [runs, runs, MAX_LOADED]), Statement(_LANES, [runs])]


_FIRINGS = f"""
(SELECT execution_id, {_COLUMNS} FROM executions_nodeexecution
  WHERE execution_id = ANY(%s) AND status = 'INCOMPLETE' ORDER BY position)
UNION ALL
(SELECT execution_id, {_COLUMNS} FROM executions_nodeexecution
  WHERE execution_id = ANY(%s) AND {FOR_ADVANCE}
  ORDER BY priority DESC, position LIMIT %s)
"""  # nosec B608 # noqa: S608 - a constant of this file
_LANES = f"""
SELECT execution_id, for_advance, count(*), node_id, status, min(position) FROM executions_nodeexecution
 WHERE execution_id = ANY(%s) AND {_UNFINISHED}
 GROUP BY execution_id, for_advance, node_id, status
"""  # nosec B608 # noqa: S608 - a constant of this file
# What is beyond MAX_LOADED, or has come since the firings were read, stays open, too.
_LANES_BEYOND = f"""
SELECT node_id, status, min(position) FROM executions_nodeexecution
 WHERE execution_id = %s AND {FOR_ADVANCE} AND id <> ALL(%s)
 GROUP BY node_id, status
"""  # nosec B608 # noqa: S608 - a constant of this file


def load_work(run: Run, plan: Plan, firings: Rows, lanes: Rows) -> Loaded:
    """Everything that a burst of this run has to look at."""
    loaded = Loaded(state=State(next_position=run.node_count))
    _sort_firings(firings, loaded)
    others = [lane[2:] for lane in lanes if not lane[0]]
    taken = [firing.id for firing in loaded.taken]
    if sum(lane[1] for lane in lanes if lane[0]) > len(taken):  # (for_advance, count, …)
        others += statements.run(Statement(_LANES_BEYOND, [run.id, taken]))[0]
    _load_lanes(run, loaded, others)
    if plan.keeps_values:
        _load_static(run, loaded)
    if plan.has_scopes:
        _load_fan_outs(run, plan, loaded)
    if plan.merges:
        _load_merges(run, plan, loaded)
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
        else Outcome(load(outputs), error or None, code, is_last=True),
        is_delivered=delivered,
        attempts=attempts,
        failures=failures,
        started_at=times[0],
        ended_at=times[1],
        answer=load(times[2]) if times[2] else None,
        scope=_scope(times[3]),
        is_stored=True,
        caller_id=times[4],
        call_id=times[5],
    )


def _load_lanes(run: Run, loaded: Loaded, rows: Iterable[Sequence[Any]]) -> None:
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
   AND status IN {_ENDED} AND position < %s
"""  # nosec B608 # noqa: S608 - a constant of this file


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
    state = loaded.state
    for node_id, pin, text in rows:
        value = None if text is None else load(text)  # the database turns null into NULL
        if pin.startswith(SENT):
            state.fan_outs.sent |= _items_sent(pin, value)
        elif pin.startswith(COUNT):
            state.counts[node_id, _scope(pin.removeprefix(COUNT))] = load(text)
        elif pin.startswith(ASKED):
            loaded.asked[node_id, pin.removeprefix(ASKED)] = load(text)
        else:
            state.static.setdefault(node_id, {})[pin] = value


def _items_sent(pin: str, number: int | None) -> dict[int, int]:
    return {} if number is None else {int(pin.removeprefix(SENT)): number}


def _scope(text: str) -> Scope:
    return tuple((position, index) for position, index in load(text)) if text != "[]" else ()


_ELSEWHERE = f"""
SELECT DISTINCT (frame ->> 0)::int, CASE WHEN (frame ->> 0)::int = ANY(%s) THEN (frame ->> 1)::int END
  FROM executions_nodeexecution, jsonb_array_elements(scope) frame
 WHERE execution_id = %s AND {_UNFINISHED} AND id <> ALL(%s)
"""  # nosec B608 # noqa: S608 - a constant of this file
_OPENERS = f"""
SELECT position, node_id, scope::text FROM executions_nodeexecution
 WHERE execution_id = %s AND node_id = ANY(%s) AND is_delivered AND status IN {_ENDED}
"""  # nosec B608 # noqa: S608 - a constant of this file
_COLLECTED = """
SELECT (inputs ->> %s)::int FROM executions_nodeexecution WHERE execution_id = %s AND node_id = ANY(%s)
"""


def _load_fan_outs(run: Run, plan: Plan, loaded: Loaded) -> None:
    sent = loaded.state.fan_outs.sent
    collectors = [node.id for node in plan.nodes.values() if node.traits.collects]
    elsewhere, openers, collected = statements.run(
        # Items are told apart only where some are kept back: there may be many.
        Statement(_ELSEWHERE, [sorted(sent), run.id, _ids_here(loaded)]),
        Statement(_OPENERS, [run.id, list(plan.collectors)]),
        Statement(_COLLECTED, [FAN_OUT, run.id, collectors]),
    )
    loaded.state.fan_outs = FanOuts(
        frozenset((position, index) for position, index in elsewhere),
        {position: (node_id, _scope(text)) for position, node_id, text in openers},
        partial(_fetch_items, run.id),
        {row[0] for row in collected},
        sent,
    )


def _ids_here(loaded: Loaded) -> list[UUID]:
    """The firings that this burst works on or has in its lanes."""
    held = [firing for lane in loaded.state.lanes.values() for firing in lane.held]
    return [firing.id for firing in (*loaded.taken, *held)]


_FAILED_INSIDE = f"""
SELECT {_COLUMNS} FROM executions_nodeexecution
 WHERE execution_id = %s AND is_delivered AND status = 'FAILED' AND caller_id IS NULL
   AND EXISTS (SELECT FROM jsonb_array_elements(scope) frame WHERE (frame ->> 0)::int = %s)
"""  # nosec B608 # noqa: S608 - a constant of this file
_ITEMS = f"""
SELECT {_COLUMNS} FROM executions_nodeexecution
 WHERE execution_id = %s AND is_delivered AND node_id = ANY(%s) AND status IN {_ENDED}
   AND (position = %s OR (scope -> -1 ->> 0)::int = %s)
"""  # nosec B608 # noqa: S608 - constants of this file


def _fetch_items(run_id: UUID, node_ids: Iterable[str] | None, position: int) -> list[Firing]:
    """Ended firings in the fan-out of the opener at this position.

    Of these nodes, those that work on its own items, and itself; without nodes, all inside that failed.
    """
    if node_ids is None:
        wanted = Statement(_FAILED_INSIDE, [run_id, position])
    else:
        wanted = Statement(_ITEMS, [run_id, list(node_ids), position, position])
    (rows,) = statements.run(wanted)
    return [_firing(row) for row in rows]


_OPEN_PLACES = f"""
SELECT DISTINCT node_id, scope::text FROM executions_nodeexecution
 WHERE execution_id = %s AND {_UNFINISHED} AND id <> ALL(%s)
"""  # nosec B608 # noqa: S608 - a constant of this file
_FIRED = """
SELECT DISTINCT node_id, scope::text FROM executions_nodeexecution WHERE execution_id = %s AND node_id = ANY(%s)
"""


def _load_merges(run: Run, plan: Plan, loaded: Loaded) -> None:
    first = [node_id for node_id in plan.merges if plan.nodes[node_id].traits.takes_first]
    places, fired = statements.run(
        Statement(_OPEN_PLACES, [run.id, _ids_here(loaded)]), Statement(_FIRED, [run.id, first])
    )
    loaded.open_places = [(node_id, _scope(text)) for node_id, text in places]
    loaded.state.merges.fired = {(node_id, _scope(text)) for node_id, text in fired}
