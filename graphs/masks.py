"""Values of a run that count more than what links bring: {node id: {pin: value}}."""

from collections.abc import Iterator, Mapping
from typing import Any

from blocks import registry
from graphs import spec
from graphs.sentences import Sentence
from graphs.validation import GRAPH, Find, Problem


def mask_problems(
    graph: spec.Graph, masks: Mapping[str, Mapping[str, Any]], find: Find = registry.find
) -> Iterator[Problem]:
    """What is wrong with masks: nodes and pins that the graph does not have."""
    for node_id, values in masks.items():
        node = graph.nodes.get(node_id)
        if node is None:
            sentence = Sentence('The graph has no node "{node}" to be masked', node=node_id)
            yield Problem(GRAPH, "nodes_input_masks", sentence)
            continue
        block = find(node.block_id)
        for pin in sorted(set(values) - set(block.Input.model_fields)) if block else ():
            sentence = Sentence(
                '{title}: there is no pin "{pin}" to be masked', title=node.title, pin=pin
            )
            yield Problem(node_id, pin, sentence)
