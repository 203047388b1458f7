"""A graph version prepared for running: what each node waits for and where its outputs go."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from executions.engine.retry import NodePolicy
from graphs import pins, spec

ERROR_PIN = "error"


@dataclass(frozen=True, slots=True)
class Traits:
    """What the engine must know of a node's block."""

    is_pure: bool = True
    is_input: bool = False
    is_output: bool = False
    is_note: bool = False
    cost: int = 0  # credits for one firing
    default_name: str = ""  # of the run input or output, when the node gives none


@dataclass(frozen=True, slots=True)
class Route:
    """One link, seen from its source."""

    path: pins.Path  # selects from the yielded value; empty takes it whole
    sink_id: str
    sink_name: str
    is_static: bool


@dataclass(frozen=True, slots=True)
class NodePlan:
    """One node, ready for the engine."""

    id: str
    block_id: str
    title: str
    traits: Traits
    defaults: Mapping[str, Any]
    policy: NodePolicy
    queue_pins: frozenset[str]  # sink pins fed by at least one ordinary link
    static_pins: frozenset[str]  # sink pins fed by at least one static link
    routes: Mapping[str, tuple[Route, ...]]  # by the pin's own name

    @property
    def input_name(self) -> str:
        """The run input that an input node takes."""
        return str(self.defaults.get("name") or self.traits.default_name or self.id)

    @property
    def is_entry(self) -> bool:
        """Whether it starts with the run: input nodes, and nodes that no link leads to."""
        if self.traits.is_note:
            return False
        return self.traits.is_input or not (self.queue_pins or self.static_pins)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use; it ends FAILED when it wants more."""

    node_executions: int = 100_000
    seconds: float = 7 * 86_400


@dataclass(frozen=True)
class Plan:
    """A graph version, ready for the engine."""

    nodes: Mapping[str, NodePlan]
    on_error: str = "fail"  # what an unhandled failure does to the run: fail, stop or continue
    limits: Limits = field(default_factory=Limits)

    @property
    def entries(self) -> list[NodePlan]:
        """The nodes that start with the run."""
        return [node for node in self.nodes.values() if node.is_entry]

    @property
    def outputs(self) -> list[NodePlan]:
        """The nodes that give the run's outputs."""
        return [node for node in self.nodes.values() if node.traits.is_output]

    @property
    def last_nodes(self) -> list[NodePlan]:
        """The nodes that nothing follows."""
        return [node for node in self.nodes.values() if not node.routes and not node.traits.is_note]


def build(graph: spec.Graph, traits_of: Callable[[str], Traits]) -> Plan:
    """Prepare a graph; `traits_of` tells about a block by its id."""
    traits = {node.id: traits_of(node.block_id) for node in graph.nodes.values()}
    settings = graph.settings
    limits = {
        name: settings["limits"][name]
        for name in ("node_executions", "seconds")
        if settings.get("limits", {}).get(name)
    }
    return Plan(
        nodes={node.id: _node_plan(graph, node, traits[node.id]) for node in graph.nodes.values()},
        on_error=settings.get("on_error", "fail"),
        limits=Limits(**limits),
    )


def _node_plan(graph: spec.Graph, node: spec.Node, traits: Traits) -> NodePlan:
    routes: defaultdict[str, list[Route]] = defaultdict(list)
    for link in graph.out_of(node.id):
        base, path = pins.parse(link.source_name)
        routes[base].append(Route(path, link.sink_id, link.sink_name, link.is_static))
    into = graph.into(node.id)
    return NodePlan(
        id=node.id,
        block_id=node.block_id,
        title=node.title,
        traits=traits,
        defaults=node.input_default,
        policy=NodePolicy.from_metadata(node.metadata),
        queue_pins=frozenset(link.sink_name for link in into if not link.is_static),
        static_pins=frozenset(link.sink_name for link in into if link.is_static),
        routes={pin: tuple(each) for pin, each in routes.items()},
    )
