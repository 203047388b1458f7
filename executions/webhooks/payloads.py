"""What a run gets of the body of a delivery. Pure."""

from collections.abc import Mapping
from typing import Any

from blocks import registry
from blocks.base import Kind
from blocks.library.webhook_trigger import WebhookTrigger
from graphs import interface, json_text, spec
from graphs.json_text import JsonError
from graphs.sentences import Sentence

MAX_DEPTH = 50


def payload_in(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; a list becomes its `items`. Raises `JsonError`."""
    value = json_text.read(body, max_depth=MAX_DEPTH)
    if isinstance(value, list):
        return {"items": value}
    if not isinstance(value, dict):
        raise JsonError("invalid_json", Sentence("The body must be a JSON object, or a list"))
    return value


def inputs_from(
    payload: Mapping[str, Any], graph: spec.Graph, fixed: Mapping[str, Any]
) -> dict[str, Any]:
    """The inputs of a run: the payload for each webhook trigger of the graph; where it has none, what the payload has
    under the names of its inputs. What is `fixed` counts more.
    """
    inputs = {
        interface.input_name(node, block): block
        for node, block in interface.nodes_of(graph, Kind.INPUT, registry.find)
    }
    triggers = [name for name, block in inputs.items() if isinstance(block, WebhookTrigger)]
    if triggers:
        return {**{name: dict(payload) for name in triggers}, **fixed}
    return {**{name: payload[name] for name in inputs if name in payload}, **fixed}
