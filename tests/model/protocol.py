"""The protocol of claims, leases and bursts as steps between states: each step is one transaction, or one fault.

What decides is the product's own code wherever it is pure: bursts are made by the engine (through the rows in memory
of `tests.engine.harness`), `after_loss`, `next_delay`, `standing` and `verdict` say how things go on. What the product says
in SQL is said here again, close to its words: `_CLAIM`, `_SETTLE`, `extend`, `_FIND_LOST`, `cancel_open`.
"""

import copy
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple
from uuid import UUID

from executions.engine.firing import Outcome
from executions.engine.retry import RETRY
from executions.engine.status import OPEN, Status
from executions.engine.values import dump
from executions.workers import recovery
from graphs import spec
from tests.engine import rows
from tests.engine.harness import Machine
from tests.engine.parts import Part, attempt
from tests.model.records import crash, expire, in_order, row_of, updated
from tests.model.state import DEAD, NOBODY, WHOLE_RUN, Held, Mode, Record, State, Worker

FAULTS = ("crash", "hang", "lose a wake-up")
CHOICES = ("continue", "stop the run", "fail")  # may happen or not: nobody may count on them


class Step(NamedTuple):
    """One thing that can happen."""

    what: str
    after: Callable[[], State]

    @property
    def must_happen(self) -> bool:
        """Whether it comes about by itself, so that a run may rely on it."""
        return not self.what.startswith(FAULTS + CHOICES)


@dataclass(frozen=True)
class Setting:
    """What is run, and by how many."""

    parts: Mapping[str, Part]
    graph: spec.Graph
    at_most_once: frozenset[str] = frozenset()
    may_fail: frozenset[str] = frozenset()  # their attempts may end with an error worth a retry
    workers: int = 2
    slots: int = 1
    has_wake_ups: bool = False  # whether wake-ups are followed one by one

    def block_of(self, node_id: str) -> str:
        """A real block with the same effect, for the product's own decisions."""
        return "test_at_most_once" if node_id in self.at_most_once else "test_idempotent"


class Protocol:
    """The rules as they are. Broken variants override one method each."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.machine = Machine(setting.parts, setting.graph)
        self.plan = self.machine.plan
        self.burst = cache(self._burst)

    def start(self) -> State:
        """A run that has been accepted."""
        records = tuple(map(self._new_record, in_order(self.machine)))
        workers = (Worker(),) * self.setting.workers
        sent = [index for index, each in enumerate(records) if not each.for_advance]
        return State(Status.QUEUED, records, workers)._replace(
            wake_ups=self._sent((), [WHOLE_RUN, *sent])
        )

    def _sent(self, before: tuple[int, ...], new: list[int]) -> tuple[int, ...]:
        return tuple(sorted({*before, *new})) if self.setting.has_wake_ups else ()

    # Rules, as the product has them

    def may_claim(self, state: State, record: Record) -> bool:
        """The WHERE of `claims._CLAIM`."""
        return record.status is Status.QUEUED and not record.for_advance

    def is_ours(self, record: Record, held: Held) -> bool:
        """The WHERE of `claims._SETTLE` and `claims.extend`."""
        is_running = record.status is Status.RUNNING and not record.for_advance
        return is_running and record.fence == held.fence

    def is_lost(self, record: Record) -> bool:
        """The WHERE of `recovery._FIND_LOST`."""
        return not record.is_leased or record.holder == DEAD

    def after_loss(self, record: Record) -> str | None:
        """The error with which a lost attempt ends its node, if it does."""
        block_id = self.setting.block_of(record.node_id)
        end = recovery.after_loss(block_id, record.losses + 1, has_begun=record.has_begun)
        return end and end.error_code

    def needs_marker(self, node_id: str) -> bool:
        """Whether `outcomes.outcome_of` calls `claims.mark_effect` before the block."""
        return node_id in self.setting.at_most_once

    def key(self, held: Held) -> int:
        """The idempotency key, as `world.NodeContext` makes it: the node execution's id."""
        return held.position

    def claimed(self, record: Record, worker: int) -> Record:
        """The SET of `claims._CLAIM`."""
        return record._replace(
            status=Status.RUNNING, fence=record.fence + 1, holder=worker, is_leased=True
        )

    def lost(self, record: Record) -> Record:
        """The SET of `recovery._QUEUE_AGAIN`."""
        return record._replace(
            status=Status.QUEUED, losses=record.losses + 1, is_leased=False, holder=NOBODY
        )

    def cancelled(self, state: State) -> State:
        """`services.stop`: the run and every open row, in one transaction."""
        records = [
            each._replace(
                status=Status.CANCELLED, for_advance=False, is_leased=False, holder=NOBODY
            )
            if each.status in OPEN
            else each
            for each in state.records
        ]
        return state._replace(run=Status.CANCELLED, records=tuple(records), wake_ups=())

    def can_find(self, state: State, wake_up: int) -> bool:
        """Whether a worker may look at this: every one polls, and a wake-up only makes it faster.

        A wake-up that arrives stays, for it may be delivered again, and late.
        """
        return True

    def seen_by(self, worker: int, records: tuple[Record, ...]) -> tuple[Record, ...]:
        """The rows that a burst of this worker loads: all of them are in the database."""
        return records

    # What can happen next

    def steps(self, state: State) -> Iterator[Step]:
        """Everything that can happen next."""
        for index, worker in enumerate(state.workers):
            if worker.mode is Mode.UP:
                yield from self._work(state, index)
        if any(worker.mode is Mode.UP for worker in state.workers):
            yield from self._recover(state)
        yield from self._faults(state)
        if not state.run.is_final:
            yield Step("stop the run", partial(self.cancelled, state))

    def _work(self, state: State, index: int) -> Iterator[Step]:
        worker = state.workers[index]
        if not state.run.is_final and self.can_find(state, WHOLE_RUN):
            yield Step(f"advance by {index}", partial(self.advanced, state, index))
        for held in worker.held:
            yield from self._go_on(state, index, held)
        if worker.held:
            yield Step(f"beat of {index}", partial(self._extend, state, index))
        if len(worker.held) < self.setting.slots:
            for position, record in enumerate(state.records):
                if self.may_claim(state, record) and self.can_find(state, position):
                    claim = partial(self._claim, state, index, position)
                    yield Step(f"claim {position} by {index}", claim)

    def _claim(self, state: State, index: int, position: int) -> State:
        records = list(state.records)
        records[position] = self.claimed(records[position], index)
        held = Held(position, records[position].fence)
        run = state.run if state.run.is_final else Status.RUNNING
        state = state._replace(records=tuple(records), run=run)
        return state.with_worker(index, held=tuple(sorted((*state.workers[index].held, held))))

    def _go_on(self, state: State, index: int, held: Held) -> Iterator[Step]:
        """What `work._run_slot` does next for an attempt."""
        node_id = state.records[held.position].node_id
        told = f"{held.position} by {index}"
        if held.phase == "claimed" and self.needs_marker(node_id):
            if self.is_ours(state.records[held.position], held):
                yield Step(f"mark {told}", partial(self._mark, state, index, held))
            else:
                yield Step(f"give up {told}", partial(state.let_go, index, held))
        elif held.phase in {"claimed", "may act"}:
            yield Step(f"act {told}", partial(self._act, state, index, held, "ok"))
            if node_id in self.setting.may_fail:
                yield Step(f"fail {told}", partial(self._act, state, index, held, "failed"))
        else:
            yield Step(f"commit {told}", partial(self._commit, state, index, held))
            leave = partial(self._leave, state, index, held)
            yield Step(f"leave the outcome of {told} to who has the turn", leave)

    def _mark(self, state: State, index: int, held: Held) -> State:
        marked = state.with_record(held.position, has_begun=True)
        return self._in_phase(marked, index, held, "may act")

    def _commit(self, state: State, index: int, held: Held) -> State:
        return self.advanced(self._leave(state, index, held), index)

    def _leave(self, state: State, index: int, held: Held) -> State:
        return self.settle(state, held).let_go(index, held)

    def _in_phase(self, state: State, index: int, held: Held, phase: str) -> State:
        after = tuple(
            each._replace(phase=phase) if each == held else each
            for each in state.workers[index].held
        )
        return state.with_worker(index, held=after)

    def _act(self, state: State, index: int, held: Held, end: str) -> State:
        """The effect happens, whether the attempt ends well or not."""
        effect = (held.position, self.key(held))
        is_deduplicated = state.records[held.position].node_id not in self.setting.at_most_once
        if not is_deduplicated or effect not in state.effects:
            state = state._replace(effects=tuple(sorted((*state.effects, effect))))
        return self._in_phase(state, index, held, end)

    def settle(self, state: State, held: Held) -> State:
        """`claims.settle`: keep the outcome, or wait for another attempt; nothing if the attempt is not ours."""
        record = state.records[held.position]
        if not self.is_ours(record, held):
            return state
        if held.phase == "failed" and self._may_be_repeated(record):
            return state.with_record(
                held.position,
                status=Status.WAITING,
                failures=record.failures + 1,
                holder=NOBODY,
                is_leased=False,
                has_begun=False,
            )
        return state.with_record(held.position, **self._outcome(record, held))

    def _may_be_repeated(self, record: Record) -> bool:
        """`outcomes._may_be_repeated`, and the node's policy."""
        policy = self.plan.nodes[record.node_id].policy
        failed = Outcome([], "it broke", retryable=True)
        delay = policy.wait_before_retry(failed, record.failures + 1, record.node_id)
        return record.node_id not in self.setting.at_most_once and delay is not None

    def _outcome(self, record: Record, held: Held) -> dict[str, object]:
        ending: dict[str, object] = {"error": "it broke"}
        if held.phase == "ok":
            inputs = json.loads(record.inputs)
            result = attempt(self.setting.parts[record.node_id], inputs, 0)
            ending = {"outputs": dump(result.outputs), "error": result.error}
        return ending | {
            "for_advance": True,
            "is_leased": False,
            "holder": NOBODY,
            "ended_by": held.fence,
        }

    def _extend(self, state: State, index: int) -> State:
        """`work.keep_alive`."""
        kept = []
        for held in state.workers[index].held:
            is_ours = self.is_ours(state.records[held.position], held)
            if is_ours:
                state = state.with_record(held.position, is_leased=True)
            kept.append(held._replace(is_fresh=held.is_fresh or is_ours))
        return state.with_worker(index, held=tuple(kept))

    def _recover(self, state: State) -> Iterator[Step]:
        """`recovery.take_back_lost` and `release_due`."""
        for position, record in enumerate(state.records):
            is_running = record.status is Status.RUNNING and not record.for_advance
            if is_running and self.is_lost(record):
                take_back = partial(self._take_back, state, position, record)
                yield Step(f"take back {position}", take_back)
            if record.status is Status.WAITING:
                release = partial(state.with_record, position, status=Status.QUEUED)
                yield Step(f"{RETRY} {position}", release)

    def _take_back(self, state: State, position: int, record: Record) -> State:
        error = self.after_loss(record)
        if error is None:
            records = list(state.records)
            records[position] = self.lost(record)
            return state._replace(records=tuple(records))
        return state.with_record(
            position,
            losses=record.losses + 1,
            is_leased=False,
            holder=NOBODY,
            for_advance=True,
            error=error,
            ended_by=record.fence,
        )

    def _faults(self, state: State) -> Iterator[Step]:
        is_one_hung = any(worker.mode is Mode.HUNG for worker in state.workers)
        for index, worker in enumerate(state.workers):
            if worker.mode is Mode.DOWN:
                restart = partial(state.with_worker, index, mode=Mode.UP)
                yield Step(f"restart {index}", restart)
                continue
            yield Step(f"crash {index}", partial(crash, state, index))
            if worker.mode is Mode.HUNG:
                go_on = partial(state.with_worker, index, mode=Mode.UP)
                yield Step(f"continue {index}", go_on)
            elif not is_one_hung:  # by P2 one worker at least does not hang
                hang = partial(state.with_worker, index, mode=Mode.HUNG)
                yield Step(f"hang {index}", hang)
        for position, record in enumerate(state.records):
            if record.is_leased and not self._is_beating(state, record):
                run_out = partial(expire, state, position, record.fence)
                yield Step(f"lease of {position} runs out", run_out)
        for wake_up in state.wake_ups:
            rest = tuple(each for each in state.wake_ups if each != wake_up)
            yield Step(f"lose a wake-up for {wake_up}", partial(state._replace, wake_ups=rest))

    def _is_beating(self, state: State, record: Record) -> bool:
        return record.holder >= 0 and state.workers[record.holder].mode is Mode.UP

    # Bursts

    def advanced(self, state: State, index: int) -> State:
        """After `burst.run`, and what `work._go_on` does with its result."""
        if state.run.is_final:
            return state
        worker = state.workers[index]
        free = self.setting.slots - len(worker.held)
        seen = self.seen_by(index, state.records)
        records, run, claimed, queued = self.burst(seen, index, free)
        held = tuple(sorted((*worker.held, *(Held(each, 1) for each in claimed))))
        wake_ups = () if run.is_final else self._sent(state.wake_ups, list(queued))
        after = state._replace(run=run, records=records, wake_ups=wake_ups)
        return after.with_worker(index, held=held)

    def _burst(
        self, records: tuple[Record, ...], index: int, free: int
    ) -> tuple[tuple[Record, ...], Status, tuple[int, ...], tuple[int, ...]]:
        machine = copy.copy(self.machine)
        machine.steps, machine.bursts = [], 0
        machine.rows = {row.id: row for row in map(row_of, range(len(records)), records)}
        machine.next_position = len(records)
        machine._ids = map(UUID, map("{:032x}".format, itertools.count(len(records) + 1)))
        machine.burst()
        after, claimed, queued = list(records), [], []
        for position, row in enumerate(in_order(machine)):
            if position >= len(records):
                after.append(self._new_record(row))
            else:
                after[position] = updated(after[position], row)
            is_new = after[position].status is Status.QUEUED and (
                position >= len(records) or records[position].status is Status.INCOMPLETE
            )
            if is_new and not after[position].for_advance:
                if len(claimed) < free:  # `closing._claim`
                    after[position] = self.claimed(after[position], index)
                    claimed.append(position)
                else:
                    queued.append(position)
        machine.rows = {row.id: row for row in map(row_of, range(len(after)), after)}
        run = machine.standing or machine.verdict[0]
        return tuple(after), run, tuple(claimed), tuple(queued)

    def _new_record(self, row: rows.Row) -> Record:
        return updated(Record(row.node_id, row.status), row)
