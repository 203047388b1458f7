"""Everything about one node, for the panel beside the drawing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from blocks import catalogue, registry
from blocks.catalogue import Pin
from blocks.registry import AnyBlock
from graphs import spec, validation
from graphs.drawing import HIDDEN, is_secret
from graphs.policy import Policy

Ends = tuple[tuple[str, str], ...]  # (title of the node, pin) at the other end of links


@dataclass(frozen=True, slots=True)
class InputDetail:
    """One input pin: what it is, what is set, and what leads to it."""

    pin: Pin
    value: Any
    sources: Ends


@dataclass(frozen=True, slots=True)
class OutputDetail:
    """One output pin, and where it leads."""

    pin: Pin
    sinks: Ends


@dataclass(frozen=True, slots=True)
class NodeDetails:
    """A node with its block and its pins."""

    node: spec.Node
    block: AnyBlock | None
    inputs: tuple[InputDetail, ...]
    outputs: tuple[OutputDetail, ...]
    policy: Policy
    problems: tuple[str, ...]


def details_of(graph: spec.Graph, node: spec.Node) -> NodeDetails:
    """Look everything up."""
    block = registry.find(node.block_id)
    problems = validation.run_problems(graph)
    return NodeDetails(
        node=node,
        block=block,
        inputs=_inputs(graph, node, catalogue.input_pins(block) if block else {}),
        outputs=_outputs(graph, node, catalogue.output_pins(block) if block else {}),
        policy=Policy.model_validate(node.metadata),
        problems=tuple(each.message for each in problems if each.node_id == node.id),
    )


def _inputs(
    graph: spec.Graph, node: spec.Node, known: Mapping[str, Pin]
) -> tuple[InputDetail, ...]:
    sources = _by_pin(
        (link.sink_name, graph.nodes[link.source_id].title, link.source_name)
        for link in graph.into(node.id)
    )
    names = dict.fromkeys([*known, *sources, *node.input_default])
    return tuple(
        InputDetail(
            pin=known.get(name) or _own_pin(name),
            value=HIDDEN if is_secret(node, name) else node.input_default.get(name),
            sources=sources.get(name, ()),
        )
        for name in names
    )


def _outputs(
    graph: spec.Graph, node: spec.Node, known: Mapping[str, Pin]
) -> tuple[OutputDetail, ...]:
    sinks = _by_pin(
        (link.source_name, graph.nodes[link.sink_id].title, link.sink_name)
        for link in graph.out_of(node.id)
    )
    names = dict.fromkeys([*known, *sinks])
    return tuple(
        OutputDetail(known.get(name) or _own_pin(name), sinks.get(name, ())) for name in names
    )


def _by_pin(links: Iterable[tuple[str, str, str]]) -> dict[str, Ends]:
    ends: dict[str, Ends] = {}
    for pin, title, other_pin in links:
        ends[pin] = (*ends.get(pin, ()), (title, other_pin))
    return ends


def _own_pin(name: str) -> Pin:
    """A pin that the block does not name: of the user's own, or reaching inside a value."""
    return Pin(name=name, kind="any", description="", is_required=False, default=None, choices=())
