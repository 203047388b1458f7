"""One burst: deliver what has arrived, run pure firings in memory while any is ready, say what changed.

Rule 1: everything that happens to a run's firings happens here and in `delivery`; the caller locks, loads, saves and
    queues.
Rule 2: outputs of one node are delivered in the order of its firings, so a list sent through parallel steps
    keeps its order. A firing that ends early is kept until the ones before it have ended.
Rule 3: of the pure firings that are ready the one with the highest priority runs next, then the oldest.
"""

from collections.abc import Callable, Collection, Iterable
from heapq import heappop, heappush
from uuid import UUID

from executions.engine.delivery import Delivery
from executions.engine.firing import Firing, Outcome, Wait
from executions.engine.merge import Place
from executions.engine.plan import NodePlan, Plan
from executions.engine.retry import RETRY
from executions.engine.state import Lane, State
from executions.engine.status import Status

Execute = Callable[[NodePlan, Firing], Outcome]


class Burst:
    """Works on the firings of one run. Read what has changed, and `next_position`, when done."""

    def __init__(self, plan: Plan, state: State, new_id: Callable[[], UUID]) -> None:
        self._plan = plan
        self._lanes = state.lanes
        self._fan_outs = state.fan_outs
        self.delivery = Delivery(plan, state, new_id, self._begin)
        for lane in self._lanes.values():
            for held in lane.held:
                self._fan_outs.enter(held.scope)
        # Pure firings that can run now: a heap, by priority and position.
        self._ready: list[tuple[int, int, Firing]] = []
        self.changed = self.delivery.changed
        self.ended: list[Firing] = []  # that have their outcome since this burst
        self.failures: list[Firing] = []  # of these, those that are FAILED
        self.fallbacks: list[Firing] = []  # that failed, and sent their fallback instead
        self.skipped: list[Firing] = []

    @property
    def next_position(self) -> int:
        """The position of the next firing of the run."""
        return self.delivery.next_position

    def take(self, firings: Iterable[Firing]) -> None:
        """Firings from before this burst that it will run or finish."""
        for firing in firings:
            lane = self._lanes.get(firing.node_id)
            if lane:
                lane.open_here.add(firing.position)
            self._fan_outs.enter(firing.scope)

    @property
    def ready(self) -> list[Firing]:
        """Pure firings that could run now."""
        return [firing for _rank, _position, firing in self._ready]

    def make_ready(self, firing: Firing) -> None:
        """Have a pure firing run. Its rank is its own, so cutting a run into bursts does not change the order."""
        rank = -self._plan.nodes[firing.node_id].policy.priority
        heappush(self._ready, (rank, firing.position, firing))

    def run(self, execute: Execute, may_go_on: Callable[[], bool]) -> None:
        """Run pure firings, and those that become ready by them, until none is left or `may_go_on` says no."""
        while self._ready and may_go_on():
            _rank, _position, firing = heappop(self._ready)
            firing.attempts += 1
            self.finish(firing, execute(self._plan.nodes[firing.node_id], firing))

    def settle(self, elsewhere: Collection[Place], *, is_idle: bool) -> bool:
        """When nothing is ready, start what waits until nothing more can come; False when there is no such thing.

        `elsewhere` tells of the firings that are open and not part of this burst, `is_idle` that nothing is open
        in the run, here or there.
        """
        return not self._ready and self.delivery.settle(elsewhere, is_idle=is_idle)

    def finish(self, firing: Firing, outcome: Outcome) -> None:
        """End an attempt: another one later if the node's policy says so, else the outcome is final."""
        self.changed[firing.position] = firing
        firing.wait = outcome.wait or self._wait_for_retry(firing, outcome)
        if firing.wait:
            firing.status = Status.WAITING
            self._lane(firing.node_id).open_here.add(firing.position)
            return
        self.ended.append(firing)
        firing.outcome = outcome
        firing.status = Status.SKIPPED if outcome.is_skip else Status.COMPLETED
        if outcome.is_skip:
            self.skipped.append(firing)
        if outcome.error is not None:
            self._fail(firing, outcome)
        self._deliver_in_turn(firing)

    def _fail(self, firing: Firing, outcome: Outcome) -> None:
        """It has failed for good; its node may have something to send instead."""
        fallback = self._plan.nodes[firing.node_id].policy.fallback
        if fallback is None:
            firing.status = Status.FAILED
            self.failures.append(firing)
            return
        firing.outcome = Outcome(list(fallback.items()), outcome.error, outcome.error_code)
        self.fallbacks.append(firing)

    def is_handled(self, firing: Firing) -> bool:
        """Whether the graph deals with this failure: by the error pin, or by a try around it."""
        return (
            firing.node_id in self._plan.handled
            or self._fan_outs.catcher_of(self._plan, firing) is not None
        )

    def _wait_for_retry(self, firing: Firing, outcome: Outcome) -> Wait | None:
        if outcome.error is None or outcome.is_last:
            return None
        policy = self._plan.nodes[firing.node_id].policy
        delay = policy.wait_before_retry(outcome, firing.failures + 1, firing.id)
        if delay is None:
            return None
        firing.failures += 1
        return Wait(RETRY, delay)

    def _begin(self, node: NodePlan, firing: Firing) -> None:
        """A firing has all it needs."""
        if node.traits.is_pure:
            self.make_ready(firing)
        if not node.traits.is_pure or node.id in self._lanes:
            self._lane(node.id).open_here.add(firing.position)

    def _lane(self, node_id: str) -> Lane:
        return self._lanes.setdefault(node_id, Lane())

    def _deliver_in_turn(self, firing: Firing) -> None:
        lane = self._lanes.get(firing.node_id)
        if lane is None:  # the usual case: no other firing of this node is open
            self.delivery.deliver(firing)
            return
        firing.is_delivered = False
        lane.open_here.discard(firing.position)
        lane.held.append(firing)
        for each in lane.take_deliverable():
            self.delivery.deliver(each)
