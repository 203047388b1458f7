"""The tools of a node: what its tool pins lead to, as a language model is told of it."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from blocks import registry
from blocks.base import Block
from blocks.ports import NodeTool
from blocks.registry import AnyBlock
from executions import plans
from executions.attempts import opening, world
from executions.attempts.claims import Attempt
from executions.attempts.connections import freed
from graphs import pins, spec

MAX_TOOLS = 128  # providers take no more
_MAX_NAME = 64
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")


class NodeTools:
    """The `tools` port of one attempt."""

    def __init__(self, attempt: Attempt, context: world.NodeContext) -> None:
        self._attempt = attempt
        self._context = context

    def available(self) -> Sequence[NodeTool]:
        """One tool for each linked node, or those that the node offers by itself."""
        graph = plans.graph_of_version(self._attempt.version_id)
        linked: dict[str, list[str]] = {}
        for link in graph.out_of(self._attempt.node_id):
            if pins.is_tool(link.source_name):
                linked.setdefault(link.sink_id, []).append(link.sink_name)
        taken: set[str] = set()
        found = [
            named(tool, taken)
            for node_id, names in linked.items()
            for tool in self._of_node(graph.nodes[node_id], names)
        ]
        return found[:MAX_TOOLS]

    def _of_node(self, node: spec.Node, names: list[str]) -> Iterator[NodeTool]:
        block = registry.find(node.block_id)
        if block is None or block.opens or block.collects:
            return
        offered = self._offered(node, block) if type(block).tools is not Block.tools else None
        if offered is None:
            yield of_pins(node, block, names)
        else:
            yield from (replace(tool, node_id=node.id) for tool in offered)

    def _offered(self, node: spec.Node, block: AnyBlock) -> Sequence[NodeTool] | None:
        """What the block says itself, which may have to ask a server in the name of the node's credential."""
        with freed():
            inputs, opened = opening.credentials_for(
                self._attempt, node.id, block, node.input_default
            )
        self._context.mask.hide(opened.texts())
        return block.tools(inputs, world.ports_for(self._context, credentials=opened))


def of_pins(node: spec.Node, block: AnyBlock, names: Sequence[str]) -> NodeTool:
    """A node as one tool, whose parameters are these pins."""
    schema = registry.input_schema(block.id)
    parameters: dict[str, str] = {}
    for name in dict.fromkeys(names):
        base, path = pins.parse(name)
        inner = path[-1] if path and isinstance(path[-1], str) else base
        parameters[_unique(_clean(inner) or "value", parameters)] = name
    required = [
        parameter
        for parameter, pin in parameters.items()
        if pin in schema.get("required", ()) and node.input_default.get(pin) is None
    ]
    described = {parameter: _schema_of(node, schema, pin) for parameter, pin in parameters.items()}
    return NodeTool(
        name=_clean(str(_given_name(node) or block.name)),
        description=str(node.metadata.get("description") or block.description),
        parameters={
            "type": "object",
            "properties": described,
            "required": required,
            **({"$defs": schema["$defs"]} if "$defs" in schema else {}),
        },
        node_id=node.id,
        pins=parameters,
    )


def _given_name(node: spec.Node) -> str:
    title = node.metadata.get("title") or node.metadata.get("customized_name")
    return str(title or node.input_default.get("agent_name") or "")


def _schema_of(node: spec.Node, schema: Mapping[str, Any], pin: str) -> dict[str, Any]:
    """What a model is told of a pin; pins that only this node has may be described in its `input_schema`."""
    base, path = pins.parse(pin)
    own = node.input_default.get("input_schema") or {}
    described = schema["properties"].get(pin) or own.get("properties", {}).get(pin)
    if described:
        return {key: value for key, value in described.items() if key != "default"}
    return {"description": f"{path[-1] if path else base}"}


def _clean(name: str) -> str:
    return _NOT_IN_NAMES.sub("_", name).strip("_").lower()[:_MAX_NAME]


def named(tool: NodeTool, taken: set[str]) -> NodeTool:
    """The tool under a name that no other one has."""
    name = _unique(_clean(tool.name) or "tool", taken)
    taken.add(name)
    return replace(tool, name=name)


def _unique(wanted: str, taken: Container[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted[: _MAX_NAME - 4]}_{number}", number + 1
    return name
