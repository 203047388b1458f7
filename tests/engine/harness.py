"""Runs graphs of tiny blocks through the engine; rows of JSON in memory stand in for the database.

Whatever passes from one burst to the next goes through those rows, as it does in production: finished and queued
firings, waiting ones, lanes and static values are loaded anew for each burst. So a run can be cut anywhere.
"""

import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, Self
from uuid import UUID

from executions.engine import outcome as endings
from executions.engine import plan as plans
from executions.engine.burst import Burst, Lane, State
from executions.engine.fan_out import FanOuts
from executions.engine.firing import Firing, Outcome, Wait
from executions.engine.plan import NodePlan
from executions.engine.status import OPEN, TRANSITIONS, Status
from executions.engine.values import dump
from graphs import spec
from tests.engine.parts import Inputs, Part, attempt, draw

UNLIMITED = 10**9
MAX_BURSTS = 3_000
MAX_STEPS = 20_000
WHOLE = (UNLIMITED, UNLIMITED)  # a burst's budget, and how many firings it takes on
CUTS = (WHOLE, (1, UNLIMITED), (0, 1), (2, 2))


@dataclass(slots=True)
class Row:
    """A firing as it is stored."""

    id: UUID
    node_id: str
    position: int
    status: Status
    inputs: str
    outputs: str = "[]"
    error: str | None = None
    retryable: bool = False
    for_advance: bool = False  # the next burst must look at it
    is_delivered: bool = True
    attempts: int = 0
    failures: int = 0
    wait: Wait | None = None
    scope: str = "[]"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done for it."""
        return self.status in OPEN or not self.is_delivered

    @property
    def has_ended(self) -> bool:
        """Whether its outcome is final."""
        return self.status in {Status.COMPLETED, Status.FAILED}


@dataclass(frozen=True)
class Ended:
    """A step of a run: an attempt ended."""

    position: int


@dataclass(frozen=True)
class Released:
    """A step of a run: what a firing waited for has happened."""

    position: int


class Machine:
    """One run. It moves by `end`, `release` and `advance`, or all by itself with `play`."""

    def __init__(
        self,
        parts: Mapping[str, Part],
        graph: spec.Graph,
        inputs: Mapping[str, Any] | None = None,
        most: int = 500,
    ) -> None:
        self.parts = parts
        self.most = most  # firings; a run that wants more is left alone
        self.plan = plans.build(graph, self._traits)
        self.rows: dict[UUID, Row] = {}
        self.static: dict[tuple[str, str], str] = {}
        self.next_position = 0
        self.steps: list[Ended | Released] = []  # what happened, in order
        self.bursts = 0
        self.error_count = 0
        self._ids = map(UUID, map("{:032x}".format, itertools.count(1)))
        self._start(inputs or {})

    def _traits(self, block_id: str) -> plans.Traits:
        part = self.parts[block_id]
        return plans.Traits(
            is_pure=part.is_pure,
            is_input=part.kind == "input",
            is_output=part.kind == "output",
            is_note=part.kind == "note",
            opens=part.opens,
            collects=part.collects,
        )

    def _start(self, inputs: Mapping[str, Any]) -> None:
        for node in self.plan.entries:
            values = dict(node.defaults)
            if node.traits.is_input and node.input_name in inputs:
                values["value"] = inputs[node.input_name]
            self._save(Firing(next(self._ids), node.id, self.next_position, Status.QUEUED, values))
            self.next_position += 1

    # What a run shows

    def of(self, node_id: str) -> list[Row]:
        """The firings of a node that are more than waiting, in order."""
        rows = [row for row in self.rows.values() if row.node_id == node_id]
        fired = [row for row in rows if row.status is not Status.INCOMPLETE]
        return sorted(fired, key=lambda row: row.position)

    def inputs_of(self, node_id: str) -> list[Inputs]:
        """With what a node fired."""
        return [json.loads(row.inputs) for row in self.of(node_id)]

    def values(self, node_id: str, pin: str = "value") -> list[Any]:
        """What a node's firings got on one pin."""
        return [inputs[pin] for inputs in self.inputs_of(node_id)]

    def statuses(self, node_id: str) -> list[Status]:
        """How a node's firings stand."""
        return [row.status for row in self.of(node_id)]

    def waiting(self, node_id: str) -> list[Inputs]:
        """What a node's waiting firings have."""
        rows = [row for row in self.rows.values() if row.node_id == node_id]
        rows = [row for row in rows if row.status is Status.INCOMPLETE]
        return [json.loads(row.inputs) for row in sorted(rows, key=lambda row: row.position)]

    @property
    def standing(self) -> Status | None:
        """The run's status; None when it is over."""
        return endings.standing(row.status for row in self.rows.values() if row.status in OPEN)

    @property
    def failures(self) -> list[endings.Failure]:
        """Its failed firings, in order."""
        rows = sorted(self.rows.values(), key=lambda row: row.position)
        return [
            endings.Failure(row.node_id, row.error or "")
            for row in rows
            if row.status is Status.FAILED
        ]

    @property
    def verdict(self) -> tuple[Status, str]:
        """How it ended."""
        assert self.standing is None
        return endings.verdict(self.plan, self.failures)

    # How it moves

    def end(self, node_id: str, nth: int = 0) -> Self:
        """Run the n-th firing of an effectful node; the next burst delivers what it sends."""
        self._end(self.of(node_id)[nth])
        return self

    def _end(self, row: Row) -> None:
        assert row.status is Status.QUEUED
        result = attempt(self.parts[row.node_id], json.loads(row.inputs), row.attempts)
        row.status, row.attempts, row.for_advance = Status.RUNNING, row.attempts + 1, True
        row.outputs, row.error = dump(result.outputs), result.error
        row.retryable, row.wait = result.retryable, result.wait

    def release(self, node_id: str, nth: int = 0) -> Self:
        """Let what a waiting firing waits for happen."""
        self._release(self.of(node_id)[nth])
        return self

    def _release(self, row: Row) -> None:
        assert row.status is Status.WAITING
        row.status, row.wait = Status.QUEUED, None
        row.for_advance = self.parts[row.node_id].is_pure
        self.steps.append(Released(row.position))

    def advance(self, budget: int = UNLIMITED) -> Self:
        """Bursts until nothing is left to deliver, each of at most `budget` pure firings."""
        while self._has_work() and not self.is_too_long:
            self.burst(budget)
        return self

    def _has_work(self) -> bool:
        return any(row.for_advance for row in self.rows.values())

    @property
    def is_too_long(self) -> bool:
        """Whether it was left alone before its end."""
        return self.next_position >= self.most

    def play(self, budget: int = UNLIMITED) -> Self:
        """Go on until the run is over; effectful firings end in the order in which they were opened."""
        while not self.is_too_long and (moves := self._moves((budget, UNLIMITED))):
            moves[0]()
        return self

    def play_by_chance(self, rng: Random, *, cut: bool) -> Self:
        """Go on until the run is over; effectful firings end in any order, bursts are long or `cut` anywhere."""
        while not self.is_too_long and (moves := self._moves(*(CUTS if cut else (WHOLE,)))):
            has_to_burst = self._has_work() and not cut
            (moves[0] if has_to_burst else rng.choice(moves))()
        return self

    def _moves(self, *bursts: tuple[int, int]) -> list[Callable[[], object]]:
        """All that can happen next."""
        moves: list[Callable[[], object]] = []
        if self._has_work():
            moves += [partial(self.burst, budget, limit) for budget, limit in bursts]
        for row in sorted(self.rows.values(), key=lambda row: row.position):
            if row.status is Status.QUEUED and not row.for_advance:
                moves.append(partial(self._end, row))
        for row in self.rows.values():
            if row.status is Status.WAITING:
                moves.append(partial(self._release, row))
        return moves

    # One burst

    def burst(self, budget: int = UNLIMITED, limit: int = UNLIMITED) -> None:
        """Load, work, save; `limit` bounds how many firings are taken on."""
        self.bursts += 1
        assert self.bursts < MAX_BURSTS, "the run goes round and round"
        taken = sorted(
            (row for row in self.rows.values() if row.for_advance), key=lambda row: row.position
        )
        finished = [_firing(row) for row in taken[:limit] if row.status is not Status.QUEUED]
        ready = [_firing(row) for row in taken[:limit] if row.status is Status.QUEUED]
        engine = Burst(
            self.plan, self._load({firing.id for firing in (*finished, *ready)}), self._ids.__next__
        )
        engine.take((*finished, *ready))
        for firing in finished:
            assert firing.outcome is not None
            self.steps.append(Ended(firing.position))
            engine.finish(firing, firing.outcome)
        for firing in ready:
            engine.make_ready(firing)
        left = itertools.count(budget, -1)
        engine.run(self._execute, lambda: next(left) > 0 and engine.next_position < self.most)
        self._save_all(engine)

    def _execute(self, node: NodePlan, firing: Firing) -> Outcome:
        self.steps.append(Ended(firing.position))
        assert len(self.steps) < MAX_STEPS, "the run does not come to an end"
        return attempt(self.parts[node.id], firing.inputs, firing.attempts - 1)

    def _load(self, taken: set[UUID]) -> State:
        state = State(self.next_position)
        waiting: dict[str, list[Firing]] = {}
        for row in sorted(self.rows.values(), key=lambda row: row.position):
            if row.status is Status.INCOMPLETE:
                waiting.setdefault(row.node_id, []).append(_firing(row))
        state.waiting = waiting
        for (node_id, pin), value in self.static.items():
            state.static.setdefault(node_id, {})[pin] = json.loads(value)
        self._load_lanes(state.lanes, taken)
        held = {firing.id for lane in state.lanes.values() for firing in lane.held}
        state.fan_outs = self._load_fan_outs(taken | held)
        return state

    def _load_lanes(self, lanes: dict[str, Lane], taken: set[UUID]) -> None:
        """Nodes with other open or held firings; held ones are needed only where something ends now."""
        others = [row for row in self.rows.values() if row.id not in taken]
        for row in others:
            if row.status in OPEN:
                lane = lanes.setdefault(row.node_id, Lane())
                lane.first_elsewhere = min(lane.first_elsewhere, row.position)
        held = [row for row in others if row.has_ended and not row.is_delivered]
        ending = {self.rows[id_].node_id for id_ in taken}
        for row in held:
            lane = lanes.setdefault(row.node_id, Lane())
            if row.node_id in ending and row.position < lane.first_elsewhere:
                lane.held.append(_firing(row))

    def _load_fan_outs(self, here: set[UUID]) -> FanOuts:
        """Which fan-outs have open firings elsewhere, and which nodes opened those that are open here."""
        rows = self.rows.values()
        elsewhere = [row for row in rows if row.is_open and row.id not in here]
        inside = [row for row in rows if row.id in here or row.status is Status.INCOMPLETE]
        positions = {position for row in inside for position, _index in json.loads(row.scope)}
        return FanOuts(
            frozenset(position for row in elsewhere for position, _ in json.loads(row.scope)),
            {row.position: row.node_id for row in rows if row.position in positions},
            self._fetch_items,
        )

    def _fetch_items(self, node_ids: Iterable[str], position: int) -> list[Firing]:
        nodes = set(node_ids)
        rows = reversed(self.rows.values())  # a database promises no order
        ended = [row for row in rows if row.has_ended and row.is_delivered]
        return [
            _firing(row)
            for row in ended
            if row.node_id in nodes
            and position in {row.position, *(each for each, _index in json.loads(row.scope)[-1:])}
        ]

    def _save_all(self, engine: Burst) -> None:
        for firing in engine.changed.values():
            self._save(firing)
        for node_id, pin, value in engine.static_values:
            self.static[node_id, pin] = _stored(value)
        self.next_position = engine.next_position
        self.error_count += len(engine.failures)

    def _save(self, firing: Firing) -> None:
        result = firing.outcome
        row = Row(
            id=firing.id,
            node_id=firing.node_id,
            position=firing.position,
            status=firing.status,
            inputs=_stored(firing.inputs),
            outputs=dump(result.outputs) if result else "[]",
            error=result.error if result else None,
            for_advance=firing.status is Status.QUEUED and self.parts[firing.node_id].is_pure,
            is_delivered=firing.is_delivered,
            attempts=firing.attempts,
            failures=firing.failures,
            wait=firing.wait,
            scope=dump(firing.scope),
        )
        if firing.id in self.rows:
            assert firing.is_stored
            _check_change(self.rows[firing.id], row)
        else:
            assert not firing.is_stored
        self.rows[firing.id] = row


def _firing(row: Row) -> Firing:
    has_outcome = row.status not in {Status.INCOMPLETE, Status.QUEUED}
    return Firing(
        id=row.id,
        node_id=row.node_id,
        position=row.position,
        status=row.status,
        inputs=json.loads(row.inputs),
        outcome=_outcome(row) if has_outcome else None,
        is_delivered=row.is_delivered,
        attempts=row.attempts,
        failures=row.failures,
        scope=tuple((position, index) for position, index in json.loads(row.scope)),
        is_stored=True,
    )


def _outcome(row: Row) -> Outcome:
    return Outcome(json.loads(row.outputs), row.error, retryable=row.retryable, wait=row.wait)


def _stored(value: Any) -> str:
    """JSON as PostgreSQL keeps it: `jsonb` puts the keys of an object in an order of its own."""
    return json.dumps(json.loads(dump(value), object_pairs_hook=_in_order_of_jsonb))


def _in_order_of_jsonb(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(sorted(pairs, key=lambda pair: (len(pair[0].encode()), pair[0].encode())))


def _check_change(before: Row, after: Row) -> None:
    """What is true of every change of a row."""
    assert (after.wait is not None) is (after.status is Status.WAITING)
    assert (after.node_id, after.position) == (before.node_id, before.position)
    if before.status.is_final:
        assert (after.status, after.inputs, after.outputs) == (
            before.status,
            before.inputs,
            before.outputs,
        )
        assert after.is_delivered or not before.is_delivered
    if before.status is not Status.INCOMPLETE:
        assert after.inputs == before.inputs
    if after.status is not before.status:
        # A pure firing starts and ends within one burst, so RUNNING is never stored.
        reachable = TRANSITIONS[before.status] | _after_running(before.status)
        assert after.status in reachable or before.status is Status.INCOMPLETE


def _after_running(status: Status) -> frozenset[Status]:
    return TRANSITIONS[Status.RUNNING] if Status.RUNNING in TRANSITIONS[status] else frozenset()


def start(parts: Mapping[str, Part], links: str = "") -> Machine:
    """A run that has not moved yet."""
    return Machine(parts, draw(parts, links))
