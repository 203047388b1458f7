"""What has arrived at one node and not been used yet.

Rule 1: a pin with an ordinary link is a queue. The n-th value of each queue belongs to the n-th waiting firing.
Rule 2: a pin with static links has no queue; its latest value stays and is used again by every firing.
Rule 3: a firing is complete when each of its queues gave it a value and each static pin has one. Values that
    arrive on a pin with both kinds of links queue up; while the queue is empty the static value stands in.
Rule 4: where every pin has a static link, a static value starts a firing by itself once each pin has a value.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from executions.engine.firing import Firing
from executions.engine.plan import NodePlan

Bag = dict[str, Any]


class Inbox:
    """The waiting firings of one node, oldest first, and the latest static values."""

    __slots__ = ("_latest", "_needed", "_node", "_pins", "_queue_only", "_taken", "waiting")

    def __init__(self, node: NodePlan, waiting: Iterable[Firing], latest: Bag) -> None:
        self._node = node
        self.waiting: deque[Firing] = deque(waiting)
        self._latest = latest
        self._pins = node.queue_pins | node.static_pins
        self._needed = len(self._pins)
        self._queue_only = node.queue_pins - node.static_pins
        # By Rule 1 a pin's values fill the waiting firings from the front, so a count says where the next goes.
        self._taken = dict.fromkeys(node.queue_pins, 0)
        for firing in self.waiting:
            for pin in node.queue_pins & firing.inputs.keys():
                self._taken[pin] += 1

    def put(self, pin: str, value: Any) -> Firing | None:
        """Give a value to the first waiting firing that lacks it; None when a new firing must be opened for it."""
        place = self._taken[pin]
        self._taken[pin] += 1
        if place == len(self.waiting):
            return None
        self.waiting[place].inputs[pin] = value
        return self.waiting[place]

    def remember(self, pin: str, value: Any) -> bool:
        """Keep a static value; tell whether a firing must be opened that starts by it alone (Rule 4)."""
        self._latest[pin] = value
        return not self._queue_only and len(self._latest) == len(self._node.static_pins)

    @property
    def is_complete(self) -> bool:
        """Whether the oldest waiting firing has all it needs."""
        if not self.waiting:
            return False
        bag, latest = self.waiting[0].inputs, self._latest
        if len(bag) + len(latest) < self._needed:  # the usual case is told without a look at each
            return False
        return all(pin in bag or pin in latest for pin in self._pins)

    def take_complete(self) -> Iterator[Firing]:
        """Take out the firings that have all they need, static values filled in."""
        while self.is_complete:
            firing = self.waiting.popleft()
            for pin in self._node.queue_pins:
                if pin in firing.inputs:
                    self._taken[pin] -= 1
            firing.inputs = {**self._latest, **firing.inputs}
            yield firing

    def missing(self, firing: Firing) -> list[str]:
        """The pins for which a waiting firing has no value."""
        return sorted(
            pin for pin in self._pins if pin not in firing.inputs and pin not in self._latest
        )
