"""What has arrived at the pins of a run, by what its nodes have sent and by its links."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from blocks import registry
from blocks.base import Block
from chaos.pins import NOTHING, find, split
from chaos.rows import StoredRun, as_values, has_sent
from executions.models import NodeExecution
from graphs import spec

Pin = tuple[str, str]  # node id, pin


@dataclass(frozen=True)
class Arrival:
    """A value that came to a pin, and the item of a fan-out that it belongs to."""

    value: Any
    scope: list[list[int]]
    source_id: str


@dataclass
class Arrivals:
    """By pin. Those from one node are in the order in which they came."""

    ordinary: defaultdict[Pin, list[Arrival]] = field(default_factory=lambda: defaultdict(list))
    static: defaultdict[Pin, list[Arrival]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, run: StoredRun) -> "Arrivals":
        """Everything that the run's delivered firings have sent."""
        arrivals = cls()
        for firing in run.firings:
            if has_sent(firing):
                arrivals._add(run.graph, firing)
        return arrivals

    def _add(self, graph: spec.Graph, firing: NodeExecution) -> None:
        opens = trait(graph.nodes[firing.node_id], "opens")
        counts: Counter[str] = Counter()
        for pin, value in as_values(firing.outputs):
            scope = firing.scope
            if pin in opens:
                scope = [*scope, [firing.position, counts[pin]]]
                counts[pin] += 1
            for link in graph.out_of(firing.node_id):
                self._follow(link, pin, value, scope)

    def _follow(self, link: spec.Link, pin: str, value: Any, scope: list[list[int]]) -> None:
        base, keys = split(link.source_name)
        part = find(value, keys) if base == pin else NOTHING
        if part is not NOTHING:
            to = self.static if link.is_static else self.ordinary
            to[link.sink_id, link.sink_name].append(Arrival(part, scope, link.source_id))


def trait(node: spec.Node, name: str) -> Any:
    """What the node's block says of itself; one that is gone counts as a plain block."""
    return getattr(registry.find(node.block_id) or Block, name)
