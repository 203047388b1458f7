"""Parts of a graph that can be run by themselves: what leads into a part from outside becomes an input of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import count
from typing import Any

from blocks import registry
from blocks.base import Kind
from graphs import pins, spec
from graphs.validation import Find

STANDS_FOR = "stands_for"  # in the metadata of an input: the node and pin that it feeds
PINNED = "pinned"  # in that of any node: {pin: value} of what it sends to parts, so that it need not run for them
_COLUMN = 320  # pixels


class Part(StrEnum):
    """Which part, seen from one node."""

    NODE = "node"
    BEFORE = "before"  # everything that leads to it, and the node
    AFTER = "after"  # the node, and everything that it leads to


def excerpt(graph: spec.Graph, node_id: str, part: Part, find: Find = registry.find) -> spec.Graph:
    """The part as a graph of its own. Raises KeyError for a node that the graph does not have.

    Where a link is cut, an input stands for what came along it. Inputs of the whole graph and the tools of a
    model stay with the nodes that use them. Other nodes whose outputs are pinned are left out.
    """
    if node_id not in graph.nodes:
        raise KeyError(node_id)
    pinned = {id_ for id_, node in graph.nodes.items() if pinned_of(node)} - {node_id}
    sources = {id_: set() if id_ in pinned else each for id_, each in _sources(graph).items()}
    reached = {
        Part.NODE: lambda: {node_id},
        Part.BEFORE: lambda: _reach(node_id, sources),
        Part.AFTER: lambda: _reach(node_id, _sinks(graph)),
    }[part]()
    kept = _with_company(graph, reached - pinned, find) - pinned
    links = [link for link in graph.links if link.sink_id in kept and link.source_id in kept]
    cut = [link for link in graph.links if link.sink_id in kept and link.source_id not in kept]
    inputs = dict(_inputs_for(graph, cut))
    return spec.Graph(
        nodes={
            **{id_: node for id_, node in graph.nodes.items() if id_ in kept},
            **{node.id: node for node in inputs.values()},
        },
        links=(*links, *_links_from(inputs)),
        settings=graph.settings,
    )


def following(graph: spec.Graph, node_ids: Iterable[str]) -> set[str]:
    """These nodes, and all that links lead to from them."""
    sinks = _sinks(graph)
    return {each for node_id in node_ids for each in _reach(node_id, sinks)}


def pinned_of(node: spec.Node) -> Mapping[str, Any]:
    """What is pinned of the node's outputs: {pin: value}; anybody may write metadata, so it may be nonsense."""
    pinned = node.metadata.get(PINNED)
    return pinned if isinstance(pinned, Mapping) else {}


def stand_ins(graph: spec.Graph) -> Iterator[tuple[str, str, str]]:
    """(input name, node id, pin) of each input that stands for a cut link, unless it has a pinned value."""
    for node in graph.nodes.values():
        stands_for = node.metadata.get(STANDS_FOR)
        if isinstance(stands_for, Mapping) and not stands_for.get(
            PINNED
        ):  # anybody may write metadata, so it is believed in nothing
            name = str(node.input_default.get("name", ""))
            yield name, str(stands_for.get("node")), str(stands_for.get("pin"))


def value_at(inputs: Mapping[str, Any], pin: str) -> Any:
    """What a firing with these inputs had got on a pin; `pins.MISSING` when nothing."""
    try:
        base, path = pins.parse(pin)
    except ValueError:
        return pins.MISSING
    return pins.select(inputs[base], path) if base in inputs else pins.MISSING


def _sources(graph: spec.Graph) -> dict[str, set[str]]:
    return {id_: {link.source_id for link in graph.into(id_)} for id_ in graph.nodes}


def _sinks(graph: spec.Graph) -> dict[str, set[str]]:
    return {id_: {link.sink_id for link in graph.out_of(id_)} for id_ in graph.nodes}


def _reach(node_id: str, next_of: Mapping[str, Collection[str]]) -> set[str]:
    reached, todo = {node_id}, [node_id]
    while todo:
        new = [each for each in next_of[todo.pop()] if each in next_of and each not in reached]
        reached.update(new)
        todo += new
    return reached


def _with_company(graph: spec.Graph, kept: set[str], find: Find) -> set[str]:
    """With the tools that are called by what is kept, and the inputs of the graph that feed it."""
    tools = {
        link.sink_id for id_ in kept for link in graph.out_of(id_) if pins.is_tool(link.source_name)
    }
    kept = kept | tools
    feeding = {link.source_id for id_ in kept for link in graph.into(id_)} & graph.nodes.keys()
    blocks = {id_: find(graph.nodes[id_].block_id) for id_ in feeding}
    return kept | {id_ for id_, block in blocks.items() if block and block.kind is Kind.INPUT}


def _inputs_for(
    graph: spec.Graph, cut: Collection[spec.Link]
) -> Iterator[tuple[tuple[str, str], spec.Node]]:
    """An input for each pin that has lost its links."""
    # A part of a part has such inputs already.
    free = (id_ for id_ in map("given-{}".format, count()) if id_ not in graph.nodes)
    for sink_id, pin in dict.fromkeys((each.sink_id, each.sink_name) for each in cut):
        sink = graph.nodes[sink_id]
        title = f"{sink.title}: {pin}"
        place = sink.metadata.get("position")
        metadata: dict[str, Any] = {"title": title, STANDS_FOR: {"node": sink_id, "pin": pin}}
        if isinstance(place, Mapping) and isinstance(place.get("x"), int | float):
            metadata["position"] = {**place, "x": place["x"] - _COLUMN}
        name = f"{sink_id}.{pin}"
        given: dict[str, Any] = {"name": name, "title": title}
        value = _pinned_value(graph, cut, sink_id, pin)
        if value is not pins.MISSING:
            given["value"], metadata[STANDS_FOR][PINNED] = value, True
        yield (sink_id, pin), spec.Node(next(free), _block_for(sink, pin), given, metadata)


def _pinned_value(graph: spec.Graph, cut: Collection[spec.Link], sink_id: str, pin: str) -> Any:
    """What the links that lead to the pin carry, if that is pinned; of several the first one counts."""
    into = [link for link in cut if (link.sink_id, link.sink_name) == (sink_id, pin)]
    values = (value_at(pinned_of(graph.nodes[each.source_id]), each.source_name) for each in into)
    return next((value for value in values if value is not pins.MISSING), pins.MISSING)


_BLOCKS = {
    "string": "long_text_input_block",
    "number": "number_input_block",
    "integer": "number_input_block",
}


def _block_for(sink: spec.Node, pin: str) -> str:
    """The input whose form field suits the pin."""
    base, path = pins.parse(pin)
    if path or registry.find(sink.block_id) is None:
        return "input_block"
    schema = registry.input_schema(sink.block_id)["properties"].get(base, {})
    kinds = [each.get("type") for each in (schema, *schema.get("anyOf", ()))]
    return next((_BLOCKS[kind] for kind in kinds if kind in _BLOCKS), "input_block")


def _links_from(inputs: Mapping[tuple[str, str], spec.Node]) -> Iterator[spec.Link]:
    for (sink_id, pin), node in inputs.items():
        yield spec.Link(f"link-{node.id}", node.id, "result", sink_id, pin, is_static=True)
