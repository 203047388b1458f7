"""Delivers what firings have sent: along links into inboxes, into scopes and merges, until firings can start.

Rule 1: values leave a firing in the order in which they were yielded, along the links in the order in which they
    were drawn.
Rule 2: what is special about a node is in its traits; ordinary values queue up by the rules of `inbox`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from executions.engine import fan_out
from executions.engine.firing import Firing, Scope
from executions.engine.inbox import Bag, Inbox
from executions.engine.merge import ARRIVED, Place
from executions.engine.plan import NodePlan, Plan, Route
from executions.engine.state import State
from executions.engine.status import Status
from graphs import pins

Start = Callable[[NodePlan, Firing], None]


class Delivery:
    """Where values of one run arrive; `start` is told of the firings that have all they need."""

    def __init__(self, plan: Plan, state: State, new_id: Callable[[], UUID], start: Start) -> None:
        self._plan = plan
        self._new_id = new_id
        self._tell = start
        self._waiting = state.waiting
        self._static = state.static
        self._fan_outs = state.fan_outs
        self._merges = state.merges
        self._merges.load(plan, state.waiting)
        self._counts = state.counts
        self._lanes = state.lanes
        self._inboxes: dict[str, Inbox] = {}
        self._back_inboxes: dict[str, Inbox] = {}  # for what comes along links that lead back
        for firings in self._waiting.values():
            for firing in firings:
                self._fan_outs.enter(firing.scope)
        self.next_position = state.next_position
        self.changed: dict[int, Firing] = {}  # by position
        self._static_changed: set[tuple[str, str]] = set()  # (node id, pin)
        self._counted: set[Place] = set()
        self._sent_from: set[int] = set()  # openers that keep items back, or did before this burst

    @property
    def static_values(self) -> Iterator[tuple[str, str, Any]]:
        """The static values that are new: (node id, pin, value)."""
        for node_id, pin in self._static_changed:
            yield node_id, pin, self._static[node_id][pin]

    @property
    def counts(self) -> Iterator[tuple[Place, int]]:
        """How often nodes that are counted have fired, where that is new."""
        for place in self._counted:
            yield place, self._counts[place]

    @property
    def sent_items(self) -> Iterator[tuple[str, int, int | None]]:
        """How many items openers have sent so far: (node id, position, number); None when that is all of them."""
        for position in self._sent_from:
            yield self._fan_outs.openers[position][0], position, self._fan_outs.sent.get(position)

    def deliver(self, firing: Firing) -> None:
        """Send what an ended firing has yielded."""
        firing.is_delivered = True
        self.changed[firing.position] = firing
        node = self._plan.nodes[firing.node_id]
        if node.traits.opens:
            self._deliver_items(node, firing)
        elif node.routes and firing.outcome and firing.caller_id is None:
            for pin, value in firing.outcome.outputs:
                for route in node.routes.get(pin, ()):
                    self._send(route, value, firing.scope)
        if firing.scope:
            self._leave(firing.scope)

    def _deliver_items(self, node: NodePlan, firing: Firing) -> None:
        """Deliver what an opener sends: each item in a scope of its own, no more at once than it says."""
        self._fan_outs.open(firing)
        limit = fan_out.limit_of(node, firing)
        for pin, value, scope in fan_out.scoped_outputs(node, firing):
            if limit is None or pin not in node.traits.opens:
                for route in node.routes.get(pin, ()):
                    self._send(route, value, scope)
        if limit is not None:
            self._fan_outs.keep(firing.position, fan_out.items_of(node, firing))
            self._send_items(firing.position, limit)
        self._fan_outs.close(firing.position)
        self._collect_over(firing.position)

    def _send_items(self, position: int, room: int) -> None:
        """Send items that were kept back until so many of them are on their way, or none is left."""
        if position not in self._fan_outs.sent:
            return
        self._sent_from.add(position)
        node_id, outer = self._fan_outs.openers[position]
        routes = self._plan.nodes[node_id].routes
        while room and (item := self._fan_outs.next_item(self._plan, position)):
            frame, values = item
            for pin, value in values:
                for route in routes.get(pin, ()):
                    self._send(route, value, (*outer, frame))
            room -= not self._fan_outs.has_ended(frame)

    def _leave(self, scope: Scope) -> None:
        """A firing has left these items: send what was kept back for them, collect what is over by that."""
        for frame in reversed(scope):
            self._fan_outs.leave(frame)
            if self._fan_outs.has_ended(frame):
                self._send_items(frame[0], 1)
            self._collect_over(frame[0])

    def _collect_over(self, position: int) -> None:
        for over in self._fan_outs.take_over(self._plan, position):
            self._collect(over)

    def _collect(self, position: int) -> None:
        """All items of a fan-out have ended: start the nodes that collect them."""
        opener, outer = self._fan_outs.openers[position]
        here = self.changed.values()
        for node_id in self._plan.collectors[opener]:
            node = self._plan.nodes[node_id]
            items = self._fan_outs.gather(self._plan, node, position, here)
            inputs = {fan_out.COLLECTED: items, fan_out.FAN_OUT: position}
            if node.traits.catches:
                inputs[fan_out.FAILURES] = self._fan_outs.failures(self._plan, position, here)
            self._start(node, self._new_firing(node, inputs, outer))

    def _send(self, route: Route, value: Any, scope: Scope) -> None:
        if route.path:
            value = pins.select(value, route.path)
            if value is pins.MISSING:
                return
        node = self._plan.nodes[route.sink_id]
        if not node.is_ordinary and self._is_taken_up(node, route, value, scope):
            return
        pin = route.sink_name
        is_back = pin in node.back_pins
        inbox = self._back_inbox(node) if is_back else self._inbox(node)
        if route.is_static and not is_back:
            self._static_changed.add((node.id, pin))
            if inbox.remember(pin, value):
                self._open(node, inbox, {}, scope)
        else:
            self._put(node, inbox, pin, value, scope)
        if inbox.is_complete:
            for complete in inbox.take_complete():
                self._start(node, complete)

    def _is_taken_up(self, node: NodePlan, route: Route, value: Any, scope: Scope) -> bool:
        """Deal with values that do not queue up: for notes, collects and merges."""
        traits = node.traits
        if traits.is_note or route.sink_name == traits.collects:
            return True  # what is collected is looked up when all of it is there
        base, path = pins.parse(route.sink_name)
        if not traits.gathers or base != traits.gathers:
            return False
        arrived = [str(path[0]) if path else base, value]
        place = (node.id, scope)
        if traits.takes_first:
            if not self._merges.is_late(place):
                self._start(node, self._new_firing(node, {ARRIVED: [arrived]}, scope))
        elif bag := self._merges.bags.get(place):
            bag.inputs[ARRIVED].append(arrived)
            self.changed[bag.position] = bag
        else:
            self._merges.bags[place] = self._new_firing(node, {ARRIVED: [arrived]}, scope)
        return True

    def _put(self, node: NodePlan, inbox: Inbox, pin: str, value: Any, scope: Scope) -> None:
        """Give a value to the firing that waits for it, or open one."""
        receiver = inbox.put(pin, value)
        if receiver is None:
            self._open(node, inbox, {pin: value}, scope)
            return
        self.changed[receiver.position] = receiver
        if len(scope) > len(receiver.scope):
            self._fan_outs.enter(scope)
            before, receiver.scope = receiver.scope, scope
            self._leave(before)

    def _inbox(self, node: NodePlan) -> Inbox:
        inbox = self._inboxes.get(node.id)
        if inbox is None:
            latest = self._static.setdefault(node.id, {}) if node.static_pins else {}
            waiting = [
                each for each in self._waiting.get(node.id, ()) if not node.is_back(each.inputs)
            ]
            inbox = self._inboxes[node.id] = Inbox(node, waiting, latest)
        return inbox

    def _back_inbox(self, node: NodePlan) -> Inbox:
        inbox = self._back_inboxes.get(node.id)
        if inbox is None:
            waiting = [each for each in self._waiting.get(node.id, ()) if node.is_back(each.inputs)]
            latest = self._static.setdefault(node.id, {})
            part = replace(node, queue_pins=node.back_pins)
            inbox = self._back_inboxes[node.id] = Inbox(part, waiting, latest)
        return inbox

    def _open(self, node: NodePlan, inbox: Inbox, bag: Bag, scope: Scope) -> None:
        inbox.waiting.append(self._new_firing(node, bag, scope))

    def _new_firing(self, node: NodePlan, inputs: Bag, scope: Scope) -> Firing:
        position, self.next_position = self.next_position, self.next_position + 1
        firing = Firing(self._new_id(), node.id, position, Status.INCOMPLETE, inputs, scope=scope)
        self.changed[firing.position] = firing
        self._fan_outs.enter(scope)
        return firing

    def _start(self, node: NodePlan, firing: Firing) -> None:
        if node.traits.counts:
            firing.inputs[node.traits.counts] = self._count((node.id, firing.scope))
        firing.inputs = node.inputs_of(firing.inputs)
        firing.status = Status.QUEUED
        self.changed[firing.position] = firing
        self._tell(node, firing)

    def _count(self, place: Place) -> int:
        """Which firing of a node in its scope this is, from 1."""
        self._counted.add(place)
        self._counts[place] = self._counts.get(place, 0) + 1
        return self._counts[place]

    def settle(self, elsewhere: Collection[Place], *, is_idle: bool) -> bool:
        """Start what waits until nothing more can come; False when there is no such thing. See `Burst.settle`."""
        bag = self._ripe_bag(elsewhere) if self._merges.bags else None
        if bag is None and is_idle:
            position = self._fan_outs.stuck(self._plan)
            bag = self._merges.take_stuck(self._fan_outs.depth(position))
            if bag is None and position is not None:
                self._end_stuck(position)
                return True
        if bag is None:
            return False
        self._start(self._plan.nodes[bag.node_id], bag)
        return True

    def _ripe_bag(self, elsewhere: Collection[Place]) -> Firing | None:
        """What a merge has got, if nothing more can come."""
        held = (firing for lane in self._lanes.values() for firing in lane.held)
        here = (firing for firing in self.changed.values() if firing.status.is_open)
        sending = [(firing.node_id, firing.scope) for firing in (*here, *held)]
        waiting = [
            firing
            for node_id in {*self._waiting, *self._inboxes} - self._plan.merges
            for firing in self._waiting_at(node_id)
        ]
        pending = self._fan_outs.pending(self._plan)
        return self._merges.take_ripe(self._plan, [*elsewhere, *sending, *pending], waiting)

    def _waiting_at(self, node_id: str) -> Iterable[Firing]:
        inbox = self._inboxes.get(node_id)
        return inbox.waiting if inbox else self._waiting[node_id]

    def _end_stuck(self, position: int) -> None:
        """Nothing can come for the items on their way: send the next one, or collect what there is."""
        if position in self._fan_outs.sent:
            self._send_items(position, 1)
        else:
            self._fan_outs.give_up(position)
        self._collect_over(position)
