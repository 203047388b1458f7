"""A graph version prepared for running: what each node waits for and where its outputs go."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from executions.engine import reach
from executions.engine.retry import NodePolicy
from graphs import pins, spec
from graphs.credentials import OPTIONAL

ERROR_PIN = "error"

Masks = Mapping[str, Mapping[str, Any]]  # {node id: {pin: value}}


@dataclass(frozen=True, slots=True)
class Traits:
    """What the engine must know of a node's block."""

    block_id: str = ""  # its own, whichever of its names the node has; empty: it is gone
    is_pure: bool = True
    is_input: bool = False
    is_output: bool = False
    is_note: bool = False
    cost: int = 0  # credits for one firing
    opens: frozenset[str] = frozenset()  # pins of which each value is an item of its own
    at_once: str = ""  # the input pin that says how many items may be on their way at once
    collects: str = ""  # the pin of a collect: it fires once, with what all items sent there
    catches: bool = False  # a collect that also gets the failures that nobody else handled
    gathers: str = (
        ""  # the pin of a merge: it fires once, with all that came, when no more can come
    )
    takes_first: bool = False  # a merge that fires with the first value, and drops the others
    credentials: frozenset[str] = (
        frozenset()
    )  # pins that name a credential: no part of what is asked
    returns: frozenset[str] = frozenset()  # pins that a first firing does without
    counts: str = ""  # the input pin that is filled with the number of the firing in its scope
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
    back_pins: frozenset[str] = (
        frozenset()
    )  # fed by links that lead back; they start firings of their own
    is_ordinary: bool = True  # takes values by the rules of `inbox` alone, and is not counted
    is_optional: bool = False  # without a credential it is skipped
    mask: Mapping[str, Any] = field(default_factory=dict)  # of the run: counts most

    @property
    def input_name(self) -> str:
        """The run input that an input node takes."""
        return str(self.defaults.get("name") or self.traits.default_name or self.id)

    def inputs_of(self, received: dict[str, Any]) -> dict[str, Any]:
        """The inputs of a firing: what it has received over the defaults, and what the run masks over both."""
        inputs = pins.assemble(dict(self.defaults), received)
        return {**inputs, **self.mask} if self.mask else inputs

    def is_back(self, inputs: Collection[str]) -> bool:
        """Whether a waiting firing with values for these pins was opened by a link that leads back."""
        return not self.back_pins.isdisjoint(inputs)

    @property
    def is_entry(self) -> bool:
        """Whether it starts with the run: input nodes, and nodes that no link leads to."""
        if self.traits.is_note or self.traits.collects or self.traits.gathers:
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
    recorded: frozenset[str] = frozenset()  # nodes whose outcomes are recorded

    def masked(self, masks: Masks | None) -> "Plan":
        """For a run with such masks."""
        if not masks:
            return self
        nodes = {
            id_: replace(node, mask=masks[id_]) if id_ in masks else node
            for id_, node in self.nodes.items()
        }
        return replace(self, nodes=nodes)

    def answered(self, recorded: Collection[str] | None) -> "Plan":
        """For a run in which such nodes give what was recorded: they touch nothing and cost nothing."""
        if not recorded:
            return self
        nodes = {
            id_: replace(node, traits=replace(node.traits, is_pure=True, cost=0))
            if id_ in recorded
            else node
            for id_, node in self.nodes.items()
        }
        return replace(self, nodes=nodes, recorded=frozenset(recorded))

    @cached_property
    def entries(self) -> list[NodePlan]:
        """The nodes that start with the run."""
        return [node for node in self.nodes.values() if node.is_entry]

    @cached_property
    def outputs(self) -> list[NodePlan]:
        """The nodes that give the run's outputs."""
        return [node for node in self.nodes.values() if node.traits.is_output]

    @cached_property
    def has_scopes(self) -> bool:
        """Whether there are scopes that must be told apart."""
        return any(node.traits.opens for node in self.nodes.values())

    @cached_property
    def keeps_values(self) -> bool:
        """Whether a run has more to remember than its firings."""
        return bool(self.recorded) or any(
            node.static_pins or node.traits.counts or node.traits.at_once
            for node in self.nodes.values()
        )

    @cached_property
    def collectors(self) -> Mapping[str, list[str]]:
        """The nodes that close the scopes of each opener."""
        openers = [node for node in self.nodes.values() if node.traits.opens]
        return {node.id: reach.collectors_of(self.nodes, node) for node in openers}

    @cached_property
    def tries(self) -> frozenset[str]:
        """The openers whose failures are caught."""
        return frozenset(
            opener
            for opener, collectors in self.collectors.items()
            if any(self.nodes[each].traits.catches for each in collectors)
        )

    @cached_property
    def handled(self) -> frozenset[str]:
        """The nodes whose error pin leads somewhere."""
        return frozenset(node.id for node in self.nodes.values() if ERROR_PIN in node.routes)

    @cached_property
    def merges(self) -> frozenset[str]:
        """The nodes that take whatever comes."""
        return frozenset(node.id for node in self.nodes.values() if node.traits.gathers)

    @cached_property
    def sources(self) -> Mapping[str, frozenset[str]]:
        """All nodes before each merge, and before each node that lies before one."""
        return reach.sources_of_all(self.nodes)

    @cached_property
    def block_ids(self) -> list[str]:
        """The blocks of its nodes, each once."""
        return sorted({node.block_id for node in self.nodes.values()})

    @cached_property
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
        tool = pins.tool(link.sink_id, link.sink_name)
        if pins.is_tool(link.source_name) and tool != base:  # whatever the link calls it
            routes[tool].append(Route((), link.sink_id, link.sink_name, link.is_static))
    waited_for = [link for link in graph.into(node.id) if not _is_taken_up(link, traits)]
    return NodePlan(
        id=node.id,
        block_id=traits.block_id or node.block_id,
        title=node.title,
        traits=traits,
        defaults=node.input_default,
        policy=NodePolicy.from_metadata(node.metadata),
        queue_pins=frozenset(link.sink_name for link in waited_for if not link.is_static),
        static_pins=frozenset(link.sink_name for link in waited_for if link.is_static),
        routes={pin: tuple(each) for pin, each in routes.items()},
        back_pins=frozenset(link.sink_name for link in graph.into(node.id)) & traits.returns,
        is_optional=bool(node.metadata.get(OPTIONAL)),
        is_ordinary=not (traits.is_note or traits.collects or traits.gathers or traits.counts),
    )


def _is_taken_up(link: spec.Link, traits: Traits) -> bool:
    """Whether what comes along the link is collected, gathered or leads back, and is not waited for."""
    if link.sink_name in traits.returns:
        return True
    if traits.gathers:
        return pins.parse(link.sink_name)[0] == traits.gathers
    return link.sink_name == traits.collects
