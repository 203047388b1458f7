"""I7: which node executions a run must have, worked out again from its drawing and from what its nodes have sent.

Written from the rules and not from the engine, and without knowing the order of commits: nothing here is a queue.
Where one node feeds a pin, its values have an order and each firing is compared. Where several do, only what
arrived in all is compared with what was used in all.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from blocks import registry
from blocks.base import Kind
from chaos import collecting, merging
from chaos.arrivals import Arrivals, trait
from chaos.pins import NOTHING, assemble, find, split
from chaos.rows import StoredRun, name_of
from executions.engine.status import Status
from executions.models import NodeExecution
from graphs import interface, spec

Firings = Sequence[NodeExecution]


def violations(run: StoredRun) -> Iterator[str]:
    """A sentence for each way in which the run's firings are not those that must be."""
    if _keeps_items_back(run):
        return
    arrivals = Arrivals.of(run)
    entries = sum(_starts(run.graph, node) for node in run.graph.nodes.values())
    for id_ in run.by_node.keys() - run.graph.nodes.keys():
        yield f'"{id_}" is not in the drawing'
    for node in run.graph.nodes.values():
        for sentence in _violations_at(run, node, arrivals, entries):
            yield f'"{node.id}": {sentence}'


def _keeps_items_back(run: StoredRun) -> bool:
    """Whether items that were sent may not have arrived yet, because only so many are on their way at once."""
    return run.status is not Status.COMPLETED and any(
        each.inputs.get(trait(run.graph.nodes[each.node_id], "at_once") or None) is not None
        for each in run.firings
        if each.node_id in run.graph.nodes
    )


def _starts(graph: spec.Graph, node: spec.Node) -> bool:
    """Inputs start with the run, and what no link leads to; notes, collects and merges never do."""
    if trait(node, "kind") is Kind.NOTE or trait(node, "collects") or trait(node, "gathers"):
        return False
    return trait(node, "kind") is Kind.INPUT or not graph.into(node.id)


def _violations_at(
    run: StoredRun, node: spec.Node, arrivals: Arrivals, entries: int
) -> Iterator[str]:
    firings = run.by_node.get(node.id, [])
    if trait(node, "kind") is Kind.NOTE:
        yield from (f"{name_of(each)} fired, but it is a note" for each in firings)
        return
    started = [each for each in firings if each.position < entries]
    yield from _entry_violations(run, node, started)
    pin = trait(node, "collects")
    collected = [each for each in firings if pin and "fan_out" in each.inputs]
    yield from collecting.violations(run, collected, arrivals.ordinary[node.id, pin])
    merged = [each for each in firings if trait(node, "gathers") and "arrived" in each.inputs]
    arrived = {
        link.sink_name: arrivals.ordinary[node.id, link.sink_name]
        for link in run.graph.into(node.id)
        if _is_gathered(node, link.sink_name)
    }
    takes_first = trait(node, "takes_first")
    yield from merging.violations(run, merged, arrived, takes_first=takes_first)
    apart = {each.id for each in (*started, *collected, *merged)}
    others = [each for each in firings if each.id not in apart]
    yield from _At(run, node, arrivals, others).violations()


def _is_gathered(node: spec.Node, pin: str) -> bool:
    """Whether a merge takes what comes to this pin, whatever else has come."""
    gathers = trait(node, "gathers")
    return bool(gathers) and split(pin)[0] == gathers


def _entry_violations(run: StoredRun, node: spec.Node, started: Firings) -> Iterator[str]:
    if len(started) != _starts(run.graph, node):
        yield f"it was started {len(started)} times with the run"
    expected = dict(node.input_default)
    block = registry.find(node.block_id)
    if block and block.kind is Kind.INPUT:
        given = run.execution.inputs.get(interface.input_name(node, block))
        expected |= {} if given is None else {"value": given}
    expected |= run.mask_of(node)
    for firing in started:
        if firing.inputs != expected:
            yield f"{name_of(firing)} did not get the inputs of the run"


class _At:
    """Firings of one node that came by its links."""

    def __init__(
        self, run: StoredRun, node: spec.Node, arrivals: Arrivals, firings: Firings
    ) -> None:
        self.node = node
        self.mask = run.mask_of(node)
        self.firings = firings
        self.fired = [each for each in firings if each.status != Status.INCOMPLETE]
        collects = trait(node, "collects")
        links = [
            link
            for link in run.graph.into(node.id)
            if link.sink_name != collects and not _is_gathered(node, link.sink_name)
        ]
        self.ordinary = {
            link.sink_name: arrivals.ordinary[node.id, link.sink_name]
            for link in links
            if not link.is_static
        }
        self.static = {
            link.sink_name: arrivals.static[node.id, link.sink_name]
            for link in links
            if link.is_static
        }

    def violations(self) -> Iterator[str]:
        """Too few or too many, or with other values."""
        if not self.ordinary or self.ordinary.keys() & self.static.keys():
            yield from self._loose_violations()
            return
        arrived = [len(each) for each in self.ordinary.values()]
        complete = min(arrived) if all(self.static.values()) else 0
        if len(self.fired) != complete:
            yield f"it fired {len(self.fired)} times instead of {complete}"
        if len(self.firings) != max(arrived):
            yield f"{len(self.firings)} firings were opened instead of {max(arrived)}"
        for pin in sorted(self.ordinary):
            yield from self._pin_violations(pin)
        if len(self.ordinary) == 1 and not self.static:
            yield from self._input_violations(*self.ordinary)

    def _loose_violations(self) -> Iterator[str]:
        """Static values can be used again: without the order of commits, only bounds are known."""
        pins = {*self.ordinary, *self.static}
        arrived = {
            pin: len(self.ordinary.get(pin, ())) + len(self.static.get(pin, ())) for pin in pins
        }
        has_all = bool(pins) and all(arrived.values())
        if len(self.firings) > sum(arrived.values()) or (self.fired and not has_all):
            yield f"it fired {len(self.fired)} times, more often than what arrived allows"
        if has_all and not self.firings:
            yield "it did not fire, although something arrived on every pin"

    def _pin_violations(self, pin: str) -> Iterator[str]:
        """Every value that arrived was taken by one firing, and by one only."""
        others = {*self.ordinary, *self.static, *self.mask} - {pin}
        if pin in self.mask or any(_covers(other, pin) for other in others):
            return
        arrived = self.ordinary[pin]
        expected = [repr(each.value) for each in arrived]
        taken = [_taken(firing, pin) for firing in self.firings]
        actual = [repr(value) for value in taken if value is not NOTHING]
        is_ordered = len({each.source_id for each in arrived}) == 1
        if (actual != expected) if is_ordered else (Counter(actual) != Counter(expected)):
            yield f'on "{pin}" it did not get what was sent there'

    def _input_violations(self, pin: str) -> Iterator[str]:
        arrived = self.ordinary[pin]
        if len({each.source_id for each in arrived}) > 1:
            return
        counts = trait(self.node, "counts")
        for firing, arrival in zip(self.firings, arrived, strict=False):
            expected = assemble(self.node.input_default, {pin: arrival.value}) | self.mask
            # A counter's number is not brought by a link.
            if _without(counts, firing.inputs) != _without(counts, expected):
                yield f"{name_of(firing)} has other inputs than its links brought"
            if firing.scope != arrival.scope:
                yield f"{name_of(firing)} belongs to another item than what it got"


def _without(name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in inputs.items() if key != name}


def _covers(pin: str, other: str) -> bool:
    """Whether what comes to one pin can replace what came to the other, because both fill one value."""
    (base, keys), (other_base, other_keys) = split(pin), split(other)
    if base != other_base:
        return False
    for key, other_key in zip(keys, other_keys, strict=False):
        if key != other_key:
            return type(key) is not type(other_key)
    return True


def _taken(firing: NodeExecution, pin: str) -> Any:
    if firing.status == Status.INCOMPLETE:
        return firing.inputs.get(pin, NOTHING)
    base, keys = split(pin)
    return find(firing.inputs[base], keys) if base in firing.inputs else NOTHING
