"""For-each and collect: which items of a fan-out are still on their way, and what they have sent.

Rule 1: each value that a for-each sends on an opening pin is an item; whatever fires because of it is in its scope.
Rule 2: a fan-out is over when the for-each has been delivered and no firing in its scope is open or waits for a
    value. Failures and branches not taken end items as well.
Rule 3: when nothing else in the run could bring the values that items wait for, their fan-outs are over too, the
    innermost first.
Rule 4: then each of its collect nodes fires once, in the scope around the fan-out, with what was sent to it, in the
    order of the items. Where one for-each has several fan-outs, the one that is over first is collected first.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from executions.engine.firing import Firing, Scope
from executions.engine.plan import NodePlan, Plan
from graphs import pins

COLLECTED = "items"  # the pin on which a collect node gets everything
FAN_OUT = "fan_out"  # and the position of the for-each, by which it is known that this fan-out has been collected

Over = tuple[int, Scope]  # the position of a for-each firing, and the scope around it
Fetch = Callable[[Iterable[str], int], Iterable[Firing]]  # (node ids, position of the for-each)


def _nothing(node_ids: Iterable[str], position: int) -> Iterable[Firing]:
    return ()


@dataclass(slots=True)
class FanOuts:
    """What a burst must know of the fan-outs of a run."""

    elsewhere: frozenset[int] = (
        frozenset()
    )  # fan-outs with open firings that are not part of this burst
    openers: dict[int, str] = field(
        default_factory=dict
    )  # position of a for-each firing -> its node
    fetch: Fetch = _nothing  # ended firings of these nodes in this fan-out, from before this burst
    collected: set[int] = field(
        default_factory=set
    )  # fan-outs whose collect nodes have been started
    _open_here: Counter[int] = field(default_factory=Counter)
    _around: dict[int, Scope] = field(default_factory=dict)

    def enter(self, scope: Scope) -> None:
        """A firing in this scope is open or waits for a value."""
        for depth, (position, _index) in enumerate(scope):
            self._open_here[position] += 1
            self._around[position] = scope[:depth]

    def move(self, before: Scope, after: Scope) -> None:
        """A firing that waits got a value of an inner scope."""
        self.enter(after)
        for position, _index in before:
            self._open_here[position] -= 1

    def open(self, firing: Firing) -> None:
        """A for-each is being delivered; its fan-out cannot be over before that is done."""
        self.openers[firing.position] = firing.node_id
        self._open_here[firing.position] += 1

    def leave(self, firing: Firing, *, opens: bool) -> Iterator[Over]:
        """A firing has been delivered; yields the fan-outs that are over by that, innermost first."""
        frames = [
            (position, firing.scope[:depth]) for depth, (position, _) in enumerate(firing.scope)
        ]
        if opens:
            frames.append((firing.position, firing.scope))
        for position, outer in reversed(frames):
            self._open_here[position] -= 1
            is_over = not self._open_here[position] and position not in self.elsewhere
            if is_over and position not in self.collected:
                self.collected.add(position)
                yield position, outer

    def stuck(self) -> Over | None:
        """The innermost fan-out that only waits for values, to be ended because none can come."""
        waiting = [
            p for p, count in self._open_here.items() if count > 0 and p not in self.collected
        ]
        if not waiting:
            return None
        position = max(waiting)
        self.collected.add(position)
        return position, self._around[position]

    def gather(self, plan: Plan, node: NodePlan, over: Over, here: Iterable[Firing]) -> list[Any]:
        """What the items of a fan-out have sent to a collect node, in their order."""
        position, outer = over
        sources = [source for source in plan.nodes.values() if _feeds(source, node)]
        known = {source.id: source for source in sources}
        firings = {firing.id: firing for firing in self.fetch(known, position)}
        firings |= {firing.id: firing for firing in here if firing.node_id in known}
        arrived = []
        for firing in sorted(firings.values(), key=lambda each: each.position):
            if firing.outcome is None or not firing.is_delivered:
                continue
            for pin, value, scope in scoped_outputs(known[firing.node_id], firing):
                if scope[:-1] == outer and scope and scope[-1][0] == position:
                    arrived += [
                        (scope[-1][1], each)
                        for each in _sent(known[firing.node_id], node, pin, value)
                    ]
        arrived.sort(key=lambda each: each[0])
        return [value for _index, value in arrived]


def scoped_outputs(node: NodePlan, firing: Firing) -> Iterator[tuple[str, Any, Scope]]:
    """The outputs of a firing (pin, value, scope): those of opening pins are items of their own."""
    outputs = firing.outcome.outputs if firing.outcome else ()
    counts: Counter[str] = Counter()
    for pin, value in outputs:
        if pin in node.traits.opens:
            yield pin, value, (*firing.scope, (firing.position, counts[pin]))
            counts[pin] += 1
        else:
            yield pin, value, firing.scope


def _feeds(source: NodePlan, node: NodePlan) -> bool:
    return any(
        route.sink_id == node.id and route.sink_name == node.traits.collects
        for routes in source.routes.values()
        for route in routes
    )


def _sent(source: NodePlan, node: NodePlan, pin: str, value: Any) -> Iterator[Any]:
    """What arrives at the collecting pin when `source` sends this value."""
    routes: Mapping[str, Any] = source.routes
    for route in routes.get(pin, ()):
        if route.sink_id == node.id and route.sink_name == node.traits.collects:
            selected = pins.select(value, route.path)
            if selected is not pins.MISSING:
                yield selected
