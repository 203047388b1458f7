"""The semantics a second time, for comparison: keeps every arrival in a list and answers by looking at all of them.

Written from the rules, not from the engine: no queues, no counters, no lanes. It is told which attempt ends next;
everything else (who fires, with what, in which order things are delivered) it works out by itself.

A value that comes along an ordinary link is used once. Of static values the latest stays, and is used wherever no
other is left. Where static links lead into every pin, a static value starts a firing by itself.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chaos.pins import NOTHING, assemble, find, split
from executions.engine.status import Status
from graphs import spec
from tests.engine.parts import Inputs, Part, attempt

Scope = tuple[tuple[int, int], ...]

OPEN = (Status.QUEUED, Status.WAITING)


@dataclass
class Firing:
    """One run of one node."""

    node_id: str
    position: int
    inputs: Inputs
    status: Status = Status.QUEUED
    outputs: list[tuple[str, Any]] = field(default_factory=list)
    attempts: int = 0
    failures: int = 0
    is_delivered: bool = False
    error: str = ""
    scope: Scope = ()


@dataclass
class Arrival:
    """A value that came to a pin, the items that it belongs to, and the firing that took it."""

    value: Any
    scope: Scope
    nth: int  # of all that ever came
    taken_by: int | None = None


class Naive:
    """One run of a drawing."""

    def __init__(
        self, parts: Mapping[str, Part], graph: spec.Graph, inputs: Mapping[str, Any] | None = None
    ) -> None:
        self.parts = parts
        self.graph = graph
        self.firings: list[Firing] = []
        self.arrivals: dict[tuple[str, str], list[Arrival]] = defaultdict(list)  # by node and pin
        self.statics: list[tuple[str, str, Any]] = []  # every static value that ever came
        self.opened: list[tuple[str, int]] = []  # (node, position) of firings that wait for values
        self.positions = 0
        self.count = itertools.count()
        for node_id, part in parts.items():
            if self.starts(node_id):
                values = dict(part.default)
                name = part.default.get("name") or node_id
                if part.kind == "input" and name in (inputs or {}):
                    values["value"] = inputs[name]
                self.firings.append(Firing(node_id, self.new_position(), values))

    def new_position(self) -> int:
        """Positions count firings in the order of their creation."""
        self.positions += 1
        return self.positions - 1

    # What the drawing says

    def starts(self, node_id: str) -> bool:
        """Inputs start, and what no link leads to; notes never do."""
        kind = self.parts[node_id].kind
        return kind != "note" and (kind == "input" or not self.pins(node_id))

    def pins(self, node_id: str, *, static: bool | None = None) -> list[str]:
        """The pins of a node that links lead into: all, the static ones, or the ordinary ones."""
        into = [link for link in self.graph.links if link.sink_id == node_id]
        return sorted(
            {link.sink_name for link in into if static is None or link.is_static is static}
        )

    # What happens

    def release(self, position: int) -> None:
        """What a firing waits for has happened."""
        firing = self.at(position)
        assert firing.status is Status.WAITING
        firing.status = Status.QUEUED

    def end(self, position: int) -> None:
        """An attempt ends."""
        firing = self.at(position)
        assert firing.status is Status.QUEUED, f"{firing.node_id} cannot end now"
        part = self.parts[firing.node_id]
        result = attempt(part, firing.inputs, firing.attempts)
        firing.attempts += 1
        firing.failures += result.retryable
        has_retry = result.retryable and firing.failures <= part.metadata["retry"]["count"]
        if result.wait or has_retry:
            firing.status = Status.WAITING
            return
        firing.outputs = list(result.outputs)
        firing.status = Status.COMPLETED if result.error is None else Status.FAILED
        firing.error = result.error or ""
        if result.error is not None and "fallback" in part.metadata:
            firing.outputs = list(part.metadata["fallback"].items())
            firing.status = Status.COMPLETED
        while (next_one := self.next_to_deliver()) is not None:
            self.deliver(next_one)

    def at(self, position: int) -> Firing:
        """The firing with this position."""
        return next(firing for firing in self.firings if firing.position == position)

    def next_to_deliver(self) -> Firing | None:
        """A firing that has ended when all earlier firings of its node have been delivered."""
        for firing in self.firings:
            earlier = [
                each
                for each in self.firings
                if each.node_id == firing.node_id and each.position < firing.position
            ]
            has_ended = firing.status not in OPEN
            if has_ended and not firing.is_delivered and all(each.is_delivered for each in earlier):
                return firing
        return None

    def deliver(self, firing: Firing) -> None:
        """Send what a firing yielded along the links."""
        firing.is_delivered = True
        for pin, value in firing.outputs:
            self.send(firing, pin, value, firing.scope)

    def send(self, firing: Firing, pin: str, value: Any, scope: Scope) -> None:
        """A value goes along the links of a pin."""
        for link in self.graph.links:
            if link.source_id == firing.node_id and split(link.source_name)[0] == pin:
                part = find(value, split(link.source_name)[1])
                if part is not NOTHING:
                    self.arrive(link, part, scope)

    def arrive(self, link: spec.Link, value: Any, scope: Scope) -> None:
        """A value reaches a pin."""
        if self.parts[link.sink_id].kind == "note":
            return
        if link.is_static:
            self.statics.append((link.sink_id, link.sink_name, value))
        else:
            self.arrivals[link.sink_id, link.sink_name].append(
                Arrival(value, scope, next(self.count))
            )
            if len(self.waiting(link.sink_id)) > len(self.places(link.sink_id)):
                self.opened.append((link.sink_id, self.new_position()))
        starts_by_itself = link.is_static and self.is_fed_by_statics_alone(link.sink_id)
        while self.fire_one():
            pass
        if starts_by_itself:
            self.fire(link.sink_id, self.new_position(), self.latest(link.sink_id), scope)

    def is_fed_by_statics_alone(self, node_id: str) -> bool:
        """Whether static links lead into every pin of a node, and all have brought a value."""
        return len(self.latest(node_id)) == len(self.pins(node_id))

    def fire_one(self) -> bool:
        """Look at every node; fire the first that has all it needs."""
        for node_id in self.parts:
            waiting = self.waiting(node_id)
            if waiting and not self.missing(node_id, waiting[0]):
                position = self.places(node_id)[0]
                scope = self.scopes(node_id)[0]
                self.opened.remove((node_id, position))
                for pin in waiting[0]:
                    next(self.unused(node_id, pin)).taken_by = position
                self.fire(node_id, position, {**self.latest(node_id), **waiting[0]}, scope)
                return True
        return False

    def fire(self, node_id: str, position: int, received: Inputs, scope: Scope) -> None:
        """A node has all it needs."""
        inputs = assemble(self.parts[node_id].default, received)
        self.firings.append(Firing(node_id, position, inputs, scope=scope))

    # What waits

    def places(self, node_id: str) -> list[int]:
        """The positions of a node's waiting firings."""
        return [position for each, position in self.opened if each == node_id]

    def unused(self, node_id: str, pin: str) -> Iterator[Arrival]:
        """What has come to a pin and was not taken yet, oldest first."""
        for arrival in self.arrivals[node_id, pin]:
            if arrival.taken_by is None:
                yield arrival

    def waiting(self, node_id: str) -> list[Inputs]:
        """The n-th waiting firing of a node has the n-th unused value of each of its pins."""
        bags: list[Inputs] = []
        for pin in self.pins(node_id, static=False):
            for nth, arrival in enumerate(self.unused(node_id, pin)):
                if nth == len(bags):
                    bags.append({})
                bags[nth][pin] = arrival.value
        return bags

    def scopes(self, node_id: str) -> list[Scope]:
        """The items that the waiting firings of a node belong to: those of its innermost value."""
        found: list[list[Arrival]] = []
        for pin in self.pins(node_id, static=False):
            for nth, arrival in enumerate(self.unused(node_id, pin)):
                if nth == len(found):
                    found.append([])
                found[nth].append(arrival)
        return [min(each, key=lambda one: (-len(one.scope), one.nth)).scope for each in found]

    def latest(self, node_id: str) -> Inputs:
        """The latest static value of each pin that ever got one."""
        return {pin: value for each, pin, value in self.statics if each == node_id}

    def missing(self, node_id: str, bag: Inputs) -> list[str]:
        """The pins that have neither a value in the bag nor a static one."""
        return [pin for pin in self.pins(node_id) if pin not in {**self.latest(node_id), **bag}]
