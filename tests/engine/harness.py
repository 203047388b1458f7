"""Runs graphs of tiny blocks through the engine; rows of JSON in memory stand in for the database.

Whatever passes from one burst to the next goes through those rows, as it does in production: finished and queued
firings, waiting ones, lanes and static values are loaded anew for each burst. So a run can be cut anywhere.
"""

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, Self
from uuid import UUID

from executions.engine import outcome as endings
from executions.engine import plan as plans
from executions.engine.burst import Burst
from executions.engine.firing import Firing, Outcome
from executions.engine.merge import Place
from executions.engine.plan import NodePlan
from executions.engine.state import State
from executions.engine.status import OPEN, Status
from executions.engine.values import dump
from graphs import spec
from tests.engine.parts import Inputs, Part, attempt, draw
from tests.engine.rows import Row, check_change, firing_of, load_state, row_of, scope_of, stored

UNLIMITED = 10**9
MAX_BURSTS = 3_000
MAX_STEPS = 20_000
WHOLE = (UNLIMITED, UNLIMITED)  # a burst's budget, and how many firings it takes on
CUTS = (WHOLE, (1, UNLIMITED), (0, 1), (2, 2))


@dataclass(frozen=True)
class Ended:
    """A step of a run: an attempt ended."""

    position: int


@dataclass(frozen=True)
class Released:
    """A step of a run: what a firing waited for has happened."""

    position: int


@dataclass(frozen=True)
class Settled:
    """A step of a run: nothing was ready, and something went on because nothing more could come."""


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
        self.plan = plans.build(graph, self.traits_of)
        self.rows: dict[UUID, Row] = {}
        self.static: dict[tuple[str, str], str] = {}
        self.counts: dict[Place, int] = {}
        self.sent: dict[int, int | None] = {}
        self.next_position = 0
        self.steps: list[Ended | Released | Settled] = []  # what happened, in order
        self.bursts = 0
        self.error_count = 0
        self._ids = map(UUID, map("{:032x}".format, itertools.count(1)))
        self._start(inputs or {})

    def traits_of(self, block_id: str) -> plans.Traits:
        """What the engine is told about a block."""
        part = self.parts[block_id]
        return plans.Traits(
            is_pure=part.is_pure,
            is_input=part.kind == "input",
            is_output=part.kind == "output",
            is_note=part.kind == "note",
            opens=part.opens,
            at_once=part.at_once,
            collects=part.collects,
            catches=part.catches,
            gathers=part.gathers,
            takes_first=part.takes_first,
            counts=part.counts,
        )

    def _start(self, inputs: Mapping[str, Any]) -> None:
        for node in self.plan.entries:
            values = dict(node.defaults)
            if node.traits.is_input and node.input_name in inputs:
                values["value"] = inputs[node.input_name]
            self._save(Firing(next(self._ids), node.id, self.next_position, Status.QUEUED, values))
            self.next_position += 1

    # What a run shows

    @property
    def shown(self) -> dict[int, tuple[Any, ...]]:
        """All that happened, by position."""
        return {row.position: row.shown for row in self.rows.values()}

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
    def unhandled(self) -> list[endings.Failure]:
        """The failures that neither an error pin nor a try has handled."""
        node_of = {row.position: row.node_id for row in self.rows.values()}
        rows = sorted(self.rows.values(), key=lambda row: row.position)
        return [
            endings.Failure(row.node_id, row.error or "")
            for row in rows
            if row.status is Status.FAILED
            and row.node_id not in self.plan.handled
            and not any(node_of[position] in self.plan.tries for position in row.fan_outs)
        ]

    @property
    def verdict(self) -> tuple[Status, str]:
        """How it ended."""
        assert self.standing is None
        return endings.verdict(self.plan, self.unhandled)

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
        while not self.is_too_long and (moves := self.moves(cut=cut)):
            has_to_burst = self._has_work() and not cut
            (moves[0] if has_to_burst else rng.choice(moves))()
        return self

    def moves(self, *, cut: bool) -> list[Callable[[], object]]:
        """All that can happen next; bursts are long or `cut` anywhere."""
        return self._moves(*(CUTS if cut else (WHOLE,)))

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
        waiting = [row for row in self.rows.values() if row.for_advance]
        taken = sorted(waiting, key=lambda row: row.position)[:limit]
        ids = {row.id for row in taken}
        engine = Burst(self.plan, self._state(ids), self._ids.__next__)
        firings = [firing_of(row) for row in taken]
        engine.take(firings)
        for firing in firings:
            self._hand_over(engine, firing)
        left = itertools.count(budget, -1)

        def may_go_on() -> bool:
            return next(left) > 0 and engine.next_position < self.most

        engine.run(self._execute, may_go_on)
        while engine.settle(self._open_places(ids), is_idle=not self._is_open(engine, ids)):
            self.steps.append(Settled())
            engine.run(self._execute, may_go_on)
        self._save_all(engine)

    def _state(self, taken: set[UUID]) -> State:
        state = load_state(self.rows, self.static, taken, self.sent)
        state.next_position = self.next_position
        first = {id_ for id_, part in self.parts.items() if part.takes_first}
        state.merges.fired = {
            (row.node_id, scope_of(row)) for row in self.rows.values() if row.node_id in first
        }
        state.counts = dict(self.counts)
        return state

    def _hand_over(self, engine: Burst, firing: Firing) -> None:
        if firing.outcome is None:
            engine.make_ready(firing)
            return
        self.steps.append(Ended(firing.position))
        engine.finish(firing, firing.outcome)

    def _is_open(self, engine: Burst, taken: set[UUID]) -> bool:
        """Whether something in the run could still bring values."""
        elsewhere = [row.status for id_, row in self.rows.items() if id_ not in taken]
        here = [firing.status for firing in (*engine.changed.values(), *engine.ready)]
        return any(status in OPEN for status in (*elsewhere, *here))

    def _open_places(self, taken: set[UUID]) -> list[Place]:
        """Where something is open that this burst has nothing to do with."""
        return [
            (row.node_id, scope_of(row))
            for id_, row in self.rows.items()
            if id_ not in taken and row.is_open
        ]

    def _execute(self, node: NodePlan, firing: Firing) -> Outcome:
        self.steps.append(Ended(firing.position))
        assert len(self.steps) < MAX_STEPS, "the run does not come to an end"
        return attempt(self.parts[node.id], firing.inputs, firing.attempts - 1)

    def _save_all(self, engine: Burst) -> None:
        for firing in engine.changed.values():
            self._save(firing)
        for node_id, pin, value in engine.delivery.static_values:
            self.static[node_id, pin] = stored(value)
        self.counts |= dict(engine.delivery.counts)
        self.sent |= {position: sent for _node_id, position, sent in engine.delivery.sent_items}
        self.next_position = engine.next_position
        self.error_count += len(engine.failures)

    def _save(self, firing: Firing) -> None:
        row = row_of(firing, is_pure=self.parts[firing.node_id].is_pure)
        assert firing.is_stored is (firing.id in self.rows)
        if firing.is_stored:
            check_change(self.rows[firing.id], row)
        self.rows[firing.id] = row


def start(parts: Mapping[str, Part], links: str = "") -> Machine:
    """A run that has not moved yet."""
    return Machine(parts, draw(parts, links))
