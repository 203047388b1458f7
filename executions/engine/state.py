"""What a burst must know of a run: what waits, what stays, what is on its way."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from executions.engine.fan_out import FanOuts
from executions.engine.firing import Firing
from executions.engine.inbox import Bag
from executions.engine.merge import Merges, Place


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
    merges: Merges = field(default_factory=Merges)
    counts: dict[Place, int] = field(default_factory=dict)  # of firings that are counted
