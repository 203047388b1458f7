"""One burst: deliver what has arrived, run pure firings in memory while any is ready, say what changed.

Rule 1: everything that happens to a run's firings happens here; the caller locks, loads, saves and queues.
Rule 2: outputs of one node are delivered in the order of its firings, so a list sent through parallel steps
    keeps its order. A firing that ends early is kept until the ones before it have ended.
Rule 3: values leave a firing in the order in which they were yielded, along the links in the order in which
    they were drawn.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any
from uuid import UUID

from executions.engine.fan_out import COLLECTED, FAN_OUT, FanOuts, scoped_outputs
from executions.engine.firing import Firing, Outcome, Scope, Wait
from executions.engine.inbox import Bag, Inbox
from executions.engine.plan import NodePlan, Plan, Route
from executions.engine.retry import RETRY
from executions.engine.status import Status
from graphs import pins

Execute = Callable[[NodePlan, Firing], Outcome]


@dataclass(slots=True)
class Lane:
    """The order of delivery at one node that has firings which end out of order."""

    first_elsewhere: float = math.inf  # the lowest position that is open and not part of this burst
    open_here: set[int] = field(default_factory=set)
    held: list[Firing] = field(default_factory=list)  # ended before their turn

    def take_deliverable(self) -> Iterator[Firing]:
        """Take out the held firings whose turn has come, in order."""
        first_open = min(self.first_elsewhere, min(self.open_here, default=math.inf))
        self.held.sort(key=lambda firing: firing.position)
        while self.held and self.held[0].position < first_open:
            yield self.held.pop(0)


@dataclass(slots=True)
class State:
    """What a burst needs to know of a run."""

    next_position: int
    waiting: Mapping[str, list[Firing]] = field(
        default_factory=dict
    )  # INCOMPLETE, by node, oldest first
    static: dict[str, Bag] = field(default_factory=dict)  # latest static values, by node and pin
    lanes: dict[str, Lane] = field(default_factory=dict)
    fan_outs: FanOuts = field(default_factory=FanOuts)


class Burst:
    """Works on the firings of one run. Read `changed`, `static_changed` and `next_position` when done."""

    def __init__(self, plan: Plan, state: State, new_id: Callable[[], UUID]) -> None:
        self._plan = plan
        self._new_id = new_id
        self._waiting = state.waiting
        self._static = state.static
        self._lanes = state.lanes
        self._fan_outs = state.fan_outs
        for lane in self._lanes.values():
            for held in lane.held:
                self._fan_outs.enter(held.scope)
        for firings in self._waiting.values():
            for firing in firings:
                self._fan_outs.enter(firing.scope)
        self._inboxes: dict[str, Inbox] = {}
        self.next_position = state.next_position
        self._ready: list[
            tuple[int, Firing]
        ] = []  # pure firings that can run now: a heap by position
        self.changed: dict[UUID, Firing] = {}
        self.static_changed: set[tuple[str, str]] = set()  # (node id, pin)
        self.failures: list[Firing] = []  # that ended FAILED in this burst

    @property
    def static_values(self) -> Iterator[tuple[str, str, Any]]:
        """The static values that are new: (node id, pin, value)."""
        for node_id, pin in self.static_changed:
            yield node_id, pin, self._static[node_id][pin]

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
        return [firing for _position, firing in self._ready]

    def make_ready(self, firing: Firing) -> None:
        """Have a pure firing run. Order is by position, so cutting a run into bursts does not change it."""
        heappush(self._ready, (firing.position, firing))

    def run(self, execute: Execute, may_go_on: Callable[[], bool]) -> None:
        """Run pure firings, and those that become ready by them, until none is left or `may_go_on` says no."""
        while self._ready and may_go_on():
            _position, firing = heappop(self._ready)
            firing.attempts += 1
            self.finish(firing, execute(self._plan.nodes[firing.node_id], firing))

    def end_stuck_fan_out(self) -> bool:
        """Collect a fan-out whose items wait for values that cannot come; False when there is none.

        To be asked when nothing is open in the run, here or elsewhere.
        """
        over = self._fan_outs.stuck()
        if over is None:
            return False
        self._collect(*over)
        return True

    def finish(self, firing: Firing, outcome: Outcome) -> None:
        """End an attempt: another one later if the node's policy says so, else the outcome is final."""
        self.changed[firing.id] = firing
        firing.wait = outcome.wait or self._wait_for_retry(firing, outcome)
        if firing.wait:
            firing.status = Status.WAITING
            self._lane(firing.node_id).open_here.add(firing.position)
            return
        firing.outcome = outcome
        firing.status = Status.COMPLETED if outcome.error is None else Status.FAILED
        if outcome.error is not None:
            self.failures.append(firing)
        self._deliver_in_turn(firing)

    def _wait_for_retry(self, firing: Firing, outcome: Outcome) -> Wait | None:
        if outcome.error is None or not outcome.retryable:
            return None
        firing.failures += 1
        delay = self._plan.nodes[firing.node_id].policy.next_delay(firing.failures)
        return None if delay is None else Wait(RETRY, delay)

    def _lane(self, node_id: str) -> Lane:
        return self._lanes.setdefault(node_id, Lane())

    def _deliver_in_turn(self, firing: Firing) -> None:
        lane = self._lanes.get(firing.node_id)
        if lane is None:  # the usual case: no other firing of this node is open
            self._deliver(firing)
            return
        firing.is_delivered = False
        lane.open_here.discard(firing.position)
        lane.held.append(firing)
        for each in lane.take_deliverable():
            self._deliver(each)

    def _deliver(self, firing: Firing) -> None:
        firing.is_delivered = True
        self.changed[firing.id] = firing
        node = self._plan.nodes[firing.node_id]
        if node.traits.opens:
            self._fan_outs.open(firing)
        if node.routes and firing.outcome:
            for pin, value, scope in scoped_outputs(node, firing):
                for route in node.routes.get(pin, ()):
                    self._send(route, value, scope)
        for position, outer in self._fan_outs.leave(firing, opens=bool(node.traits.opens)):
            self._collect(position, outer)

    def _collect(self, position: int, outer: Scope) -> None:
        """All items of a fan-out have ended: start the nodes that collect them."""
        opener = self._fan_outs.openers[position]
        for node_id in self._plan.collectors[opener]:
            node = self._plan.nodes[node_id]
            items = self._fan_outs.gather(
                self._plan, node, (position, outer), self.changed.values()
            )
            firing = Firing(
                self._new_id(), node_id, self.next_position, Status.INCOMPLETE, scope=outer
            )
            firing.inputs = {COLLECTED: items, FAN_OUT: position}
            self.next_position += 1
            self._fan_outs.enter(outer)
            self._start(node, firing)

    def _send(self, route: Route, value: Any, scope: Scope) -> None:
        if route.path:
            value = pins.select(value, route.path)
            if value is pins.MISSING:
                return
        node = self._plan.nodes[route.sink_id]
        if node.traits.is_note or route.sink_name == node.traits.collects:
            return  # what is collected is gathered when all of it is there
        inbox = self._inbox(node)
        if route.is_static:
            self.static_changed.add((node.id, route.sink_name))
            if inbox.remember(route.sink_name, value):
                self._open(node, inbox, {}, scope)
        else:
            self._put(node, inbox, {route.sink_name: value}, scope)
        for complete in inbox.complete():
            self._start(node, complete)

    def _put(self, node: NodePlan, inbox: Inbox, arrived: Bag, scope: Scope) -> None:
        """Give a value to the firing that waits for it, or open one."""
        ((pin, value),) = arrived.items()
        receiver = inbox.put(pin, value)
        if receiver is None:
            self._open(node, inbox, arrived, scope)
            return
        self.changed[receiver.id] = receiver
        if len(scope) > len(receiver.scope):
            self._fan_outs.move(receiver.scope, scope)
            receiver.scope = scope

    def _inbox(self, node: NodePlan) -> Inbox:
        inbox = self._inboxes.get(node.id)
        if inbox is None:
            latest = self._static.setdefault(node.id, {}) if node.static_pins else {}
            inbox = self._inboxes[node.id] = Inbox(node, self._waiting.get(node.id, ()), latest)
        return inbox

    def _open(self, node: NodePlan, inbox: Inbox, bag: Bag, scope: Scope) -> None:
        firing = Firing(
            self._new_id(), node.id, self.next_position, Status.INCOMPLETE, bag, scope=scope
        )
        self.next_position += 1
        self.changed[firing.id] = firing
        self._fan_outs.enter(scope)
        inbox.waiting.append(firing)

    def _start(self, node: NodePlan, firing: Firing) -> None:
        firing.inputs = pins.assemble(dict(node.defaults), firing.inputs)
        firing.status = Status.QUEUED
        self.changed[firing.id] = firing
        if node.traits.is_pure:
            self.make_ready(firing)
        if not node.traits.is_pure or node.id in self._lanes:
            self._lane(node.id).open_here.add(firing.position)
