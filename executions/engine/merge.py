"""Merges: nodes that take whatever comes, in the order of its arrival, and fire once.

Rule 1: what arrives is kept in one waiting firing for each scope; values of different items are never mixed.
Rule 2: a merge that takes the first value fires with it at once, once in a scope; what comes later is dropped.
Rule 3: any other merge fires when nothing that is still open leads to it in its scope. Branches not taken bring
    nothing and hold nothing up; a merge to which nothing came does not fire.
Rule 4: a firing in its scope that waits for values is still to be reckoned with while something could bring them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from executions.engine.firing import Firing, Scope
from executions.engine.plan import Plan

ARRIVED = "arrived"  # the pin on which a merge gets everything, as [pin, value]

Place = tuple[str, Scope]  # a node, and the scope in which it is about to send something


@dataclass(slots=True)
class Merges:
    """What a burst must know of the merges of a run."""

    fired: set[Place] = field(default_factory=set)  # of those that take the first value
    bags: dict[Place, Firing] = field(default_factory=dict)  # what has come to the others

    def load(self, plan: Plan, waiting: Mapping[str, Iterable[Firing]]) -> None:
        """Find what had come before this burst."""
        for node_id in plan.merges & waiting.keys():
            self.bags |= {(node_id, firing.scope): firing for firing in waiting[node_id]}

    def is_late(self, place: Place) -> bool:
        """Whether another value was faster; from now on every value is late."""
        if place in self.fired:
            return True
        self.fired.add(place)
        return False

    def take_ripe(
        self, plan: Plan, sending: Sequence[Place], waiting: Sequence[Firing]
    ) -> Firing | None:
        """Take out the oldest bag to which nothing can come any more.

        `sending` is all that may still send something by itself, other merges aside; `waiting` are the firings
        that wait for values.
        """
        for place in sorted(self.bags, key=lambda each: self.bags[each].position):
            others = [*sending, *(other for other in self.bags if other != place)]
            if not _can_receive(plan, place, others, waiting):
                return self.bags.pop(place)
        return None

    def take_stuck(self, depth: int) -> Firing | None:
        """Take out the innermost, oldest bag in a scope of at least this depth: merges that wait for each other."""
        order = sorted(self.bags, key=lambda place: (-len(place[1]), self.bags[place].position))
        if order and len(order[0][1]) >= depth:
            return self.bags.pop(order[0])
        return None


def _can_receive(
    plan: Plan, place: Place, sending: Iterable[Place], waiting: Iterable[Firing]
) -> bool:
    """Whether something may still arrive at this merge in this scope."""
    node_id, scope = place
    before = plan.sources[node_id]
    depth = len(scope)
    behind = [
        plan.sources[firing.node_id]
        for firing in waiting
        if firing.node_id in before and firing.scope[:depth] == scope
    ]
    return any(
        (source in before and inside[:depth] == scope) or any(source in each for each in behind)
        for source, inside in sending
    )
