"""Which credentials the nodes of a graph ask for, and under which names a run is given them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from blocks import registry
from blocks.credentials import Ask, asks_of
from graphs import spec
from graphs.validation import Find

OPTIONAL = "credentials_optional"  # of a node's metadata: without a credential it is skipped


@dataclass(frozen=True, slots=True)
class Need:
    """A pin of a node that needs a credential."""

    node: spec.Node
    ask: Ask
    is_linked: bool  # another node says which credential it is

    @property
    def is_required(self) -> bool:
        """Whether the node cannot be run without one."""
        return self.ask.is_required and not self.node.metadata.get(OPTIONAL)

    @property
    def own(self) -> Any:
        """What the node names itself, or None."""
        return self.node.input_default.get(self.ask.pin)


def needs_of(graph: spec.Graph, find: Find = registry.find) -> Iterator[Need]:
    """In the order of the nodes."""
    for node in graph.nodes.values():
        block = find(node.block_id)
        for ask in asks_of(block) if block else ():
            is_linked = any(link.sink_name == ask.pin for link in graph.into(node.id))
            yield Need(node, ask.narrowed(node.input_default), is_linked)


def input_schema(graph: spec.Graph, find: Find = registry.find) -> spec.JSONDict:
    """JSON Schema of `credentials_inputs`: a property for each kind of credential, for all nodes that ask for it.

    Required are those that a node cannot do without and does not name itself.
    """
    properties: dict[str, Any] = {}
    required: dict[str, None] = {}
    for need in needs_of(graph, find):
        ask = need.ask
        properties[ask.key] = {
            "type": "object",
            "credentials_provider": list(ask.providers),
            "credentials_types": list(ask.types),
        }
        if need.is_required and need.own is None and not need.is_linked:
            required[ask.key] = None
    return {"type": "object", "properties": properties, "required": list(required)}


def without_ids(graph: spec.Graph, find: Find = registry.find) -> dict[str, spec.JSONDict]:
    """The values of the nodes, by node id, without the credentials that they name: for files that others get."""
    pins: dict[str, set[str]] = {}
    for need in needs_of(graph, find):
        pins.setdefault(need.node.id, set()).add(need.ask.pin)
    return {
        id_: {
            pin: value for pin, value in node.input_default.items() if pin not in pins.get(id_, ())
        }
        for id_, node in graph.nodes.items()
    }
