"""What a graph takes and gives: its inputs and outputs, derived from its input and output nodes."""

from collections.abc import Iterator, Mapping
from typing import Any

from blocks import coercion, registry
from blocks.base import BlockError, Kind
from blocks.registry import AnyBlock
from graphs import spec
from graphs.sentences import Sentence
from graphs.validation import GRAPH, Find, Problem


def nodes_of(graph: spec.Graph, kind: Kind, find: Find) -> Iterator[tuple[spec.Node, AnyBlock]]:
    """The nodes whose block plays this part."""
    for node in graph.nodes.values():
        block = find(node.block_id)
        if block and block.kind is kind:
            yield node, block


def input_name(node: spec.Node, block: AnyBlock) -> str:
    """The name under which an input or output node is known outside the graph."""
    return str(node.input_default.get("name") or default_name(block) or node.id)


def default_name(block: AnyBlock) -> str:
    """The name that an input or output has when its node gives none; empty when it must give one."""
    field = block.Input.model_fields.get("name")
    return field.default if field and isinstance(field.default, str) else ""


def input_schema(graph: spec.Graph, find: Find = registry.find) -> spec.JSONDict:
    """JSON Schema of what a run takes: one property for each input node."""
    properties, required = {}, []
    for node, block in nodes_of(graph, Kind.INPUT, find):
        name = input_name(node, block)
        properties[name] = _property(node, block, name)
        if _is_required(node, block):
            required.append(name)
    return {"type": "object", "properties": properties, "required": required}


def output_schema(graph: spec.Graph, find: Find = registry.find) -> spec.JSONDict:
    """JSON Schema of what a run gives: one property for each output node."""
    properties = {}
    for node, block in nodes_of(graph, Kind.OUTPUT, find):
        name = input_name(node, block)
        properties[name] = _property(node, block, name)
    return {"type": "object", "properties": properties, "required": []}


def _property(node: spec.Node, block: AnyBlock, name: str) -> spec.JSONDict:
    value_schema = registry.input_schema(block.id)["properties"].get("value", {})
    schema = {
        key: value for key, value in value_schema.items() if key not in {"description", "default"}
    }
    given = node.input_default
    schema["title"] = given.get("title") or name
    for key in ("description", "secret", "advanced"):
        if given.get(key):
            schema[key] = given[key]
    if given.get("value") is not None:
        schema["default"] = given["value"]
    options = given.get("options") or given.get("placeholder_values")
    if options and "options" in block.Input.model_fields:
        schema["enum"] = options
    return schema


def _is_required(node: spec.Node, block: AnyBlock) -> bool:
    default = block.Input.model_fields["value"].get_default()
    return node.input_default.get("value") is None and default is None


def input_problems(
    graph: spec.Graph,
    inputs: Mapping[str, Any],
    masks: Mapping[str, Mapping[str, Any]] | None = None,
    find: Find = registry.find,
) -> Iterator[Problem]:
    """What is wrong with the inputs of a run: missing, unknown, or of a type that the input does not take.

    An input whose value is masked need not be given.
    """
    known = set()
    for node, block in nodes_of(graph, Kind.INPUT, find):
        name = input_name(node, block)
        known.add(name)
        given = (masks or {}).get(node.id, {}).get("value", inputs.get(name))
        if given is None and _is_required(node, block):
            yield Problem(node.id, name, Sentence('The input "{name}" is required', name=name))
        elif given is not None:
            yield from _value_problem(node, block, name, given)
    for name in sorted(set(inputs) - known):
        names = ", ".join(f'"{each}"' for each in sorted(known)) or Sentence("none")
        yield Problem(
            GRAPH,
            name,
            Sentence(
                'This graph has no input "{name}"; its inputs are: {names}',
                name=name,
                names=names,
            ),
        )


def _value_problem(node: spec.Node, block: AnyBlock, name: str, value: Any) -> Iterator[Problem]:
    try:
        coercion.parse_input(block, {"name": name, **node.input_default, "value": value})
    except BlockError as error:
        yield Problem(
            node.id, name, Sentence('Input "{name}": {error}', name=name, error=str(error))
        )
