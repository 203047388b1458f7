"""What must be true in every state, and of every step."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

from executions.engine.retry import MAX_LOSSES
from executions.engine.status import TRANSITIONS, Status
from tests.engine.harness import Machine
from tests.model.protocol import Protocol, Setting
from tests.model.state import State


class Invariants:
    """The promises of the durability contract that a model can see."""

    def __init__(self, protocol: Protocol) -> None:
        self._setting: Setting = protocol.setting
        self._plan = protocol.plan
        smooth = Machine(self._setting.parts, self._setting.graph).play()
        self._firings = Counter(row.node_id for row in smooth.rows.values())
        self._shown = sorted((row.node_id, row.inputs, row.scope) for row in smooth.rows.values())

    def of_state(self, state: State) -> Iterator[str]:
        """What is wrong with a state."""
        yield from self._of_attempts(state)
        yield from self._of_effects(state)
        yield from self._of_run(state)
        fired = Counter(record.node_id for record in state.records)
        if fired - self._firings:
            yield f"a node fired too often: {fired - self._firings}"

    def _of_attempts(self, state: State) -> Iterator[str]:
        everyone = [held for worker in state.workers for held in worker.held]
        fresh = Counter(held.position for held in everyone if held.is_fresh)
        for position, record in enumerate(state.records):
            retries = self._plan.nodes[record.node_id].policy.retries
            if fresh[position] > 1:
                yield f"two workers may believe that {position} is theirs"
            if record.fence > MAX_LOSSES + retries:
                yield f"{position} is tried without end"
            if record.ended_by not in (0, record.fence):
                yield f"{position} has the outcome of a lost attempt"
            if record.status.is_final and record.is_leased:
                yield f"{position} has ended and is leased"
        if len({(held.position, held.fence) for held in everyone}) < len(everyone):
            yield "one fence was given twice"

    def _of_effects(self, state: State) -> Iterator[str]:
        keys = Counter(position for position, _key in state.effects)
        for position, count in keys.items():
            if count > 1:
                yield f"the effect of {position} happened twice, or under two keys"
        for position, record in enumerate(state.records):
            is_pure = self._setting.parts[record.node_id].is_pure
            if record.status is Status.COMPLETED and not is_pure and not keys[position]:
                yield f"{position} is COMPLETED and never happened"

    def _of_run(self, state: State) -> Iterator[str]:
        if not state.run.is_final:
            return
        if any(record.status.is_open for record in state.records):
            yield "the run has ended with open node executions"
        if any(not each.is_delivered for each in state.records) and state.run is Status.COMPLETED:
            yield "the run is COMPLETED, but not all was delivered"
        if state.run is Status.COMPLETED:
            shown = sorted((each.node_id, each.inputs, each.scope) for each in state.records)
            if shown != self._shown or any(
                record.status is not Status.COMPLETED for record in state.records
            ):
                yield "the run is COMPLETED, but not all has run as it should"

    def of_step(self, before: State, after: State) -> Iterator[str]:
        """What is wrong with a step."""
        if before.run.is_final and after.run is not before.run:
            yield "a run that had ended changed"
        for position, (old, new) in enumerate(zip(before.records, after.records, strict=False)):
            if old == new:
                continue
            if old.status.is_final and old != new._replace(is_delivered=old.is_delivered):
                yield f"{position} had ended and changed"
            if new.status is not old.status and new.status not in _reachable(old.status):
                yield f"{position} went from {old.status} to {new.status}"
            if before.run.is_final and new.fence > old.fence:
                yield f"{position} started after the end of the run"


@cache
def _reachable(status: Status) -> frozenset[Status]:
    """By legal steps, of which one transaction can make several."""
    reached: set[Status] = set()
    todo = [status]
    while todo:
        new = TRANSITIONS[todo.pop()] - reached
        reached |= new
        todo += new
    return frozenset(reached)
