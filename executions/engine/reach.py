"""What lies before and behind a node, seen from the drawing alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from executions.engine.plan import NodePlan

Nodes = Mapping[str, "NodePlan"]


def collectors_of(nodes: Nodes, opener: NodePlan) -> list[str]:
    """The nodes that close the scopes of an opener: those that its items reach, nested scopes aside."""
    found: set[str] = set()
    seen: set[tuple[str, int]] = set()
    openers = sum(bool(node.traits.opens) for node in nodes.values())
    todo = [(opener.id, 0)]
    while todo:
        node_id, depth = todo.pop()
        for sink, inner, closes in _steps(nodes, nodes[node_id], depth):
            if closes and inner == 1:
                found.add(sink)
            step = (sink, inner - closes)
            # An opener that leads back to itself nests without end; no deeper than there are openers counts.
            if 0 < step[1] <= openers and step not in seen:
                seen.add(step)
                todo.append(step)
    return sorted(found)


def _steps(nodes: Nodes, node: NodePlan, depth: int) -> Iterator[tuple[str, int, bool]]:
    """Along each link of a node: where it leads, how deep in scopes, and whether it closes one there."""
    for pin, routes in node.routes.items():
        inner = depth + (pin in node.traits.opens)
        for route in routes:
            collects = nodes[route.sink_id].traits.collects
            yield route.sink_id, inner, bool(collects) and route.sink_name == collects


def sources_of_all(nodes: Nodes) -> Mapping[str, frozenset[str]]:
    """For each node that gathers, and each node before one: all nodes from which links lead to it."""
    into: defaultdict[str, set[str]] = defaultdict(set)
    for node in nodes.values():
        for routes in node.routes.values():
            for route in routes:
                into[route.sink_id].add(node.id)
    gathering = [node.id for node in nodes.values() if node.traits.gathers]
    found = {node_id: _before(into, node_id) for node_id in gathering}
    before = set().union(*found.values())
    return found | {node_id: _before(into, node_id) for node_id in before - set(found)}


def _before(into: Mapping[str, set[str]], node_id: str) -> frozenset[str]:
    seen: set[str] = set()
    todo = [node_id]
    while todo:
        for source in into.get(todo.pop(), ()):
            if source not in seen:
                seen.add(source)
                todo.append(source)
    return frozenset(seen)
