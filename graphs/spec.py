"""A graph as data: frozen values that the engine, the checks and the pages work on."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

JSONDict = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """One use of a block. `id` is chosen by whoever drew the graph and stays the same over its versions."""

    id: str
    block_id: str
    input_default: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The name that its owner gave it, or its id."""
        return str(self.metadata.get("title") or self.metadata.get("customized_name") or self.id)


@dataclass(frozen=True, slots=True)
class Link:
    """Carries what comes out of a pin of one node into a pin of another (or of the same)."""

    id: str
    source_id: str
    source_name: str
    sink_id: str
    sink_name: str
    is_static: bool = False


@dataclass(frozen=True)
class Graph:
    """Nodes by id, and links in the order in which they were drawn."""

    nodes: Mapping[str, Node]
    links: tuple[Link, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def _into(self) -> Mapping[str, list[Link]]:
        links: defaultdict[str, list[Link]] = defaultdict(list)
        for link in self.links:
            links[link.sink_id].append(link)
        return links

    @cached_property
    def _out_of(self) -> Mapping[str, list[Link]]:
        links: defaultdict[str, list[Link]] = defaultdict(list)
        for link in self.links:
            links[link.source_id].append(link)
        return links

    def into(self, node_id: str) -> list[Link]:
        """The links that end at a node."""
        return self._into.get(node_id, [])

    def out_of(self, node_id: str) -> list[Link]:
        """The links that start at a node."""
        return self._out_of.get(node_id, [])
