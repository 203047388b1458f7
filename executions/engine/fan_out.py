"""Scopes: a for-each or a try opens them, a collect or a catch closes them.

Rule 1: each value that an opener sends on an opening pin is an item; whatever fires because of it is in its scope.
    A try sends one item.
Rule 2: a fan-out is over when its opener has been delivered, all its items were sent, and no firing in its scope
    is open or waits for a value. Failures and branches not taken end items as well.
Rule 3: when nothing else in the run could bring the values that items wait for, their fan-outs are over too, the
    innermost first.
Rule 4: then each of its collect nodes fires once, in the scope around the fan-out, with what was sent to it, in the
    order of the items; a catch also gets the failures that no error pin and no inner try has handled. The fan-outs
    of one opener in one scope are collected in the order of its firings.
Rule 5: where no more than n items may be on their way at once, the next one is sent when one has ended, or when
    those on their way wait for what cannot come.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from executions.engine.firing import Firing, PinValues, Scope
from executions.engine.plan import NodePlan, Plan
from executions.engine.status import Status
from graphs import pins

COLLECTED = "items"  # the pin on which a collect node gets everything
FAILURES = "failures"  # and the one on which a catch gets what went wrong
FAN_OUT = "fan_out"  # and the position of the opener, by which it is known that this fan-out has been collected

Frame = tuple[int, int]  # an item: the position of its opener, and its index
Opener = tuple[str, Scope]  # the node of an opener's firing, and the scope around its fan-out
Fetch = Callable[[Iterable[str] | None, int], Iterable[Firing]]


def _nothing(node_ids: Iterable[str] | None, position: int) -> Iterable[Firing]:
    return ()


@dataclass(slots=True)
class FanOuts:
    """What a burst must know of the fan-outs of a run, by the positions of their openers."""

    elsewhere: frozenset[Frame] = frozenset()  # items with open firings that are not in this burst
    openers: dict[int, Opener] = field(default_factory=dict)  # that have been delivered
    # Ended firings in a fan-out, from before this burst: of these nodes, or without nodes all that failed.
    fetch: Fetch = _nothing
    collected: set[int] = field(default_factory=set)  # whose collect nodes have been started
    sent: dict[int, int] = field(default_factory=dict)  # how many items, where some are kept back
    _open: Counter[int] = field(default_factory=Counter)
    _open_items: Counter[Frame] = field(default_factory=Counter)
    _elsewhere: frozenset[int] = frozenset()
    _kept: dict[int, deque[PinValues]] = field(default_factory=dict)  # items that were not sent yet

    _uncollected: defaultdict[Opener, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._elsewhere = frozenset(position for position, _index in self.elsewhere)
        self._open.update(self.sent.keys())
        for position in sorted(self.openers.keys() - self.collected):
            self._uncollected[self.openers[position]].append(position)

    def enter(self, scope: Scope) -> None:
        """A firing in this scope is open or waits for a value."""
        for frame in scope:
            self._open_items[frame] += 1
            self._open[frame[0]] += 1

    def leave(self, frame: Frame) -> None:
        """A firing in this item has been delivered, or has moved to another one."""
        self._open_items[frame] -= 1
        self._open[frame[0]] -= 1

    def open(self, firing: Firing) -> None:
        """An opener is being delivered; its fan-out cannot be over before that is done."""
        opener = (firing.node_id, firing.scope)
        self.openers[firing.position] = opener
        self._uncollected[opener].append(firing.position)
        self._open[firing.position] += 1

    def close(self, position: int) -> None:
        """An opener has been delivered."""
        self._open[position] -= 1

    # Items that are kept back

    def keep(self, position: int, items: Sequence[PinValues]) -> None:
        """Send the items of a fan-out bit by bit from now on."""
        if items:
            self._kept[position] = deque(items)
            self.sent[position] = 0
            self._open[position] += 1

    def next_item(self, plan: Plan, position: int) -> tuple[Frame, PinValues] | None:
        """Take the next item that was kept back; None when all have been sent."""
        index = self.sent.get(position)
        if index is None:
            return None
        if position not in self._kept:
            self._fetch_kept(plan, position)
        item = self._kept[position].popleft()
        self.sent[position] = index + 1
        if not self._kept[position]:
            del self.sent[position]
            self._open[position] -= 1
        return (position, index), item

    def _fetch_kept(self, plan: Plan, position: int) -> None:
        node_id, _scope = self.openers[position]
        firings = self.fetch([node_id], position)
        opener = next(firing for firing in firings if firing.position == position)
        items = items_of(plan.nodes[node_id], opener)
        self._kept[position] = deque(items[self.sent[position] :])

    def has_ended(self, frame: Frame) -> bool:
        """Whether no firing works on this item any more."""
        return not self._open_items[frame] and frame not in self.elsewhere

    # Ends

    def take_over(self, plan: Plan, position: int) -> Iterator[int]:
        """The fan-outs that are to be collected now, if this one is over: itself, and later ones held by it."""
        opener = self.openers[position]
        waiting = self._uncollected[opener]
        if not plan.collectors[opener[0]]:
            return
        while waiting and not self._is_on_its_way(waiting[0]):
            self.collected.add(waiting[0])
            yield waiting.pop(0)

    def _is_on_its_way(self, position: int) -> bool:
        return self._open[position] > 0 or position in self._elsewhere

    def pending(self, plan: Plan) -> Iterator[tuple[str, Scope]]:
        """The collect nodes that are still to fire, and the scopes in which they will."""
        for position in {*self._open, *self._elsewhere} - self.collected:
            node_id, scope = self.openers[position]
            if self._is_on_its_way(position):
                yield from ((collector, scope) for collector in plan.collectors[node_id])

    def stuck(self, plan: Plan) -> int | None:
        """The innermost fan-out whose items only wait for values, and whose end or next item somebody waits for."""
        waiting = [
            (-len(self.openers[position][1]), position)
            for position, count in self._open.items()
            if count > 0
            and position not in self.collected
            and (position in self.sent or plan.collectors[self.openers[position][0]])
        ]
        return min(waiting)[1] if waiting else None

    def depth(self, position: int | None) -> int:
        """How many scopes are around the items of a fan-out, its own among them; 0 for none."""
        return 0 if position is None else len(self.openers[position][1]) + 1

    def give_up(self, position: int) -> None:
        """Nothing more can come for the items that wait."""
        self._open[position] = 0

    # What became of the items

    def gather(
        self, plan: Plan, node: NodePlan, position: int, here: Iterable[Firing]
    ) -> list[Any]:
        """What the items of a fan-out have sent to a collect node, in their order."""
        _node_id, outer = self.openers[position]
        known = {source.id: source for source in plan.nodes.values() if _feeds(source, node)}
        firings = {firing.id: firing for firing in self.fetch(known, position)}
        firings |= {firing.id: firing for firing in here if firing.node_id in known}
        arrived = []
        for firing in sorted(firings.values(), key=lambda each: each.position):
            if firing.outcome is None or not firing.is_delivered:
                continue
            source = known[firing.node_id]
            for pin, value, scope in scoped_outputs(source, firing):
                if scope[:-1] == outer and scope and scope[-1][0] == position:
                    index = scope[-1][1]
                    arrived += [(index, each) for each in _sent(source, node, pin, value)]
        arrived.sort(key=lambda each: each[0])
        return [value for _index, value in arrived]

    def failures(self, plan: Plan, position: int, here: Iterable[Firing]) -> list[dict[str, Any]]:
        """What went wrong in a scope, and was not handled there, in the order of the firings."""
        failed = {firing.id: firing for firing in self.fetch(None, position)}
        failed |= {firing.id: firing for firing in here if firing.status is Status.FAILED}
        caught = [firing for firing in failed.values() if self.catcher_of(plan, firing) == position]
        return [
            {
                "message": firing.outcome.error if firing.outcome else "",
                "code": firing.outcome.error_code if firing.outcome else "",
                "node": plan.nodes[firing.node_id].title,
                "node_id": firing.node_id,
            }
            for firing in sorted(caught, key=lambda each: each.position)
        ]

    def catcher_of(self, plan: Plan, firing: Firing) -> int | None:
        """The innermost try around a firing that failed, where its error pin leads nowhere."""
        if firing.caller_id is not None or firing.node_id in plan.handled:
            return None  # it is its caller's business, or the graph's
        around = (position for position, _index in reversed(firing.scope))
        return next((each for each in around if self.openers[each][0] in plan.tries), None)


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


def items_of(node: NodePlan, firing: Firing) -> list[PinValues]:
    """What an opener sends on its opening pins, item by item."""
    items: defaultdict[int, list[tuple[str, Any]]] = defaultdict(list)
    for pin, value, scope in scoped_outputs(node, firing):
        if pin in node.traits.opens:
            items[scope[-1][1]].append((pin, value))
    return [items[index] for index in sorted(items)]


def limit_of(node: NodePlan, firing: Firing) -> int | None:
    """How many items may be on their way at once; its block has checked the number."""
    limit = firing.inputs.get(node.traits.at_once) if node.traits.at_once else None
    return None if limit is None else int(float(limit))


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
