"""The naive rules for scopes, merges and counters: at each step it looks at everything that there is."""

from collections.abc import Iterator, Mapping
from typing import Any

from executions.engine.status import Status
from graphs import spec
from tests.engine.naive import OPEN, Firing, Inputs, Naive, Scope, split
from tests.engine.parts import Part

Item = tuple[int, int]


class NaiveFlow(Naive):
    """One run of a drawing with nodes that direct its flow."""

    def __init__(
        self, parts: Mapping[str, Part], graph: spec.Graph, inputs: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(parts, graph, inputs)
        self.sending: Firing | None = None  # the firing that is being delivered
        self.opened_by: dict[int, Firing] = {}  # openers that have been delivered
        self.collected: set[int] = set()
        self.given_up: set[int] = set()  # fan-outs that were ended while something waited in them
        self.came: list[tuple[str, Scope, int, Any]] = []  # to collects: who sent it counts, too
        self.bags: dict[tuple[str, Scope], tuple[int, list[Any]]] = {}  # of merges
        self.won: set[tuple[str, Scope]] = set()
        self.kept: dict[int, list[list[tuple[str, Any]]]] = {}  # items that were not sent yet
        self.sent: dict[int, int] = {}
        self.ended: set[Item] = set()
        self.numbers: dict[tuple[str, Scope], int] = {}

    # What the drawing says

    def starts(self, node_id: str) -> bool:
        """Collects and merges start when they have all; never by themselves."""
        part = self.parts[node_id]
        return not (part.collects or part.gathers) and super().starts(node_id)

    def pins(self, node_id: str, *, static: bool | None = None) -> list[str]:
        """Only those on which values queue up."""
        part = self.parts[node_id]
        return [
            pin
            for pin in super().pins(node_id, static=static)
            if pin != part.collects and not (part.gathers and split(pin)[0] == part.gathers)
        ]

    def leads(self, source: str, sink: str) -> bool:
        """Whether there is a way along links."""
        seen: set[str] = set()
        todo = [source]
        while todo:
            here = todo.pop()
            following = {link.sink_id for link in self.graph.links if link.source_id == here}
            if sink in following:
                return True
            todo += following - seen
            seen |= following
        return False

    def collectors(self, opener: str) -> list[str]:
        """The collects at which a way from an opening pin ends that opens as many scopes as it closes."""
        seen = {(opener, 0)}
        todo = [(opener, 0)]
        found = set()
        while todo:
            here, depth = todo.pop()
            for link in self.graph.links:
                if link.source_id != here:
                    continue
                inner = depth + (split(link.source_name)[0] in self.parts[here].opens)
                closes = link.sink_name == self.parts[link.sink_id].collects
                if closes and inner == 1:
                    found.add(link.sink_id)
                step = (link.sink_id, inner - closes)
                if 0 < step[1] <= len(self.parts) and step not in seen:
                    seen.add(step)
                    todo.append(step)
        return sorted(found)

    # What happens

    def fire(self, node_id: str, position: int, received: Inputs, scope: Scope) -> None:
        """Counted where the node asks for it."""
        part = self.parts[node_id]
        if part.counts:
            place = (node_id, scope)
            self.numbers[place] = self.numbers.get(place, 0) + 1
            received = {**received, part.counts: self.numbers[place]}
        super().fire(node_id, position, received, scope)

    def deliver(self, firing: Firing) -> None:
        """Items go into scopes of their own; whatever is over after that is closed."""
        self.sending = firing
        firing.is_delivered = True
        part = self.parts[firing.node_id]
        if part.opens:
            self.opened_by[firing.position] = firing
        counts: dict[str, int] = {}
        limit = firing.inputs.get(part.at_once) if part.at_once else None
        kept: list[list[tuple[str, Any]]] = []
        for pin, value in firing.outputs:
            if pin not in part.opens:
                self.send(firing, pin, value, firing.scope)
                continue
            index = counts[pin] = counts.get(pin, -1) + 1
            if limit is None:
                self.send(firing, pin, value, (*firing.scope, (firing.position, index)))
            else:
                kept += [[] for _ in range(index + 1 - len(kept))]
                kept[index].append((pin, value))
        if limit is not None:
            self.kept[firing.position], self.sent[firing.position] = kept, 0
            for _ in range(limit):
                self.send_next(firing.position)
        self.sending = None
        self.close()

    def send_next(self, position: int) -> None:
        """Send the next item of a fan-out, and further ones while an item sets nothing going."""
        opener = self.opened_by[position]
        while self.kept[position]:
            item = (position, self.sent[position])
            self.sent[position] += 1
            for pin, value in self.kept[position].pop(0):
                self.send(opener, pin, value, (*opener.scope, item))
            if self.is_active(item):
                return
            self.ended.add(item)

    def arrive(self, link: spec.Link, value: Any, scope: Scope) -> None:
        """Collects and merges keep what comes; all else queues up."""
        part = self.parts[link.sink_id]
        base, keys = split(link.sink_name)
        if link.sink_name == part.collects:
            sender = self.sending or self.opened_by[scope[-1][0]]
            self.came.append((link.sink_id, scope, sender.position, value))
        elif part.gathers and base == part.gathers:
            self.gather(link.sink_id, scope, [str(keys[0]) if keys else base, value])
        else:
            super().arrive(link, value, scope)

    def gather(self, node_id: str, scope: Scope, arrived: list[Any]) -> None:
        """A value has come to a merge."""
        place = (node_id, scope)
        if not self.parts[node_id].takes_first:
            if place not in self.bags:
                self.bags[place] = (self.new_position(), [])
            self.bags[place][1].append(arrived)
        elif place not in self.won:
            self.won.add(place)
            self.fire(node_id, self.new_position(), {"arrived": [arrived]}, scope)

    # What is over

    def active(self) -> Iterator[Scope]:
        """The scopes of all that is open, not delivered yet, or waits."""
        for firing in self.firings:
            if firing.status in OPEN or not firing.is_delivered or firing is self.sending:
                yield firing.scope
        for node_id in self.parts:
            yield from self.scopes(node_id)
        for _node_id, scope in self.bags:
            yield scope

    def is_active(self, item: Item) -> bool:
        """Whether something still works on an item."""
        return any(item in scope for scope in self.active())

    def is_on_its_way(self, position: int) -> bool:
        """Whether a fan-out is not over."""
        if position in self.given_up:
            return False
        inside = any(position == each for scope in self.active() for each, _ in scope)
        opener = self.opened_by[position]
        return inside or opener is self.sending or bool(self.kept.get(position))

    def close(self) -> None:
        """Send what was kept back, and collect what is over, the innermost first."""
        while self.close_one():
            pass

    def close_one(self) -> bool:
        order = sorted(self.opened_by.values(), key=lambda each: (-len(each.scope), each.position))
        for opener in order:
            position = opener.position
            ended = [
                (position, index)
                for index in range(self.sent.get(position, 0))
                if (position, index) not in self.ended and not self.is_active((position, index))
            ]
            if ended:
                self.ended |= set(ended)
                for _ in ended:
                    self.send_next(position)
                return True
            if self.is_next(opener) and not self.is_on_its_way(position):
                self.collect(opener)
                return True
        return False

    def is_next(self, opener: Firing) -> bool:
        """Whether this is the first firing of its node, in its scope, that is still to be collected."""
        return self.collectors(opener.node_id) != [] and opener.position == min(
            (
                each.position
                for each in self.opened_by.values()
                if (each.node_id, each.scope) == (opener.node_id, opener.scope)
                and each.position not in self.collected
            ),
            default=None,
        )

    def collect(self, opener: Firing) -> None:
        """Start the collects of a fan-out."""
        self.collected.add(opener.position)
        for node_id in self.collectors(opener.node_id):
            came = [
                (scope[-1][1], sender, value)
                for sink, scope, sender, value in self.came
                if sink == node_id and scope[:-1] == opener.scope and scope
                and scope[-1][0] == opener.position
            ]  # fmt: skip
            came.sort(key=lambda each: each[:2])
            inputs: Inputs = {"items": [each[2] for each in came], "fan_out": opener.position}
            if self.parts[node_id].catches:
                inputs["failures"] = list(self.failures_in(opener.position))
            self.fire(node_id, self.new_position(), inputs, opener.scope)

    def failures_in(self, position: int) -> Iterator[dict[str, str]]:
        """What failed in a try and was not handled there."""
        for firing in sorted(self.firings, key=lambda each: each.position):
            if firing.status is Status.FAILED and self.catcher_of(firing) == position:
                yield {"message": firing.error, "code": "", "node": firing.node_id, "node_id": firing.node_id}  # fmt: skip

    def catcher_of(self, firing: Firing) -> int | None:
        """The innermost try around a failure that no error pin handles."""
        for link in self.graph.links:
            if link.source_id == firing.node_id and split(link.source_name)[0] == "error":
                return None
        for position, _index in reversed(firing.scope):
            collectors = self.collectors(self.opened_by[position].node_id)
            if any(self.parts[each].catches for each in collectors):
                return position
        return None

    # When nothing is ready

    def settle(self) -> bool:
        """Start the one thing that waits until nothing more can come; False when there is none."""
        ripe = [place for place in self.bags if not self.can_receive(*place)]
        if ripe:
            self.start_bag(min(ripe, key=lambda place: self.bags[place][0]))
            return True
        if any(firing.status in OPEN for firing in self.firings):
            return False
        return self.end_stuck()

    def start_bag(self, place: tuple[str, Scope]) -> None:
        position, arrived = self.bags.pop(place)
        self.fire(place[0], position, {"arrived": arrived}, place[1])

    def can_receive(self, merge: str, scope: Scope) -> bool:
        """Whether something that may still send leads to a merge in this scope, or to what waits in it."""
        senders = [
            (firing.node_id, firing.scope)
            for firing in self.firings
            if firing.status in OPEN or not firing.is_delivered
        ]
        senders += [place for place in self.bags if place != (merge, scope)]
        senders += [
            (collector, opener.scope)
            for position, opener in self.opened_by.items()
            if position not in self.collected and self.is_on_its_way(position)
            for collector in self.collectors(opener.node_id)
        ]
        waiting = [
            node_id
            for node_id in self.parts
            for inside in self.scopes(node_id)
            if inside[: len(scope)] == scope and self.leads(node_id, merge)
        ]
        return any(
            (inside[: len(scope)] == scope and self.leads(source, merge))
            or any(self.leads(source, each) for each in waiting)
            for source, inside in senders
        )

    def end_stuck(self) -> bool:
        """The innermost of what is left goes on without what cannot come."""
        stuck = [
            opener
            for position, opener in self.opened_by.items()
            if position not in self.collected
            and self.is_on_its_way(position)
            and (self.kept.get(position) or self.collectors(opener.node_id))
        ]
        stuck.sort(key=lambda each: (-len(each.scope), each.position))
        bags = sorted(self.bags, key=lambda place: (-len(place[1]), self.bags[place][0]))
        if bags and (not stuck or len(bags[0][1]) > len(stuck[0].scope)):
            self.start_bag(bags[0])
        elif not stuck:
            return False
        elif self.kept.get(stuck[0].position):
            self.send_next(stuck[0].position)
            self.close()
        else:
            self.given_up.add(stuck[0].position)
            self.close()
        return True
