"""Outputs of nodes that somebody has pinned: the nodes give them instead of running, whatever they are given."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from blocks import registry
from executions import plans
from executions.models import Recording
from graphs import validation
from graphs.errors import InvalidGraphError
from graphs.models import GraphVersion
from graphs.sentences import Sentence
from graphs.validation import GRAPH, Problem

Pinned = Mapping[
    str, Mapping[str, Sequence[Any]]
]  # {node id: {pin: [value, …]}}, as results have it


def recording_of(version: GraphVersion, pinned: Pinned) -> Recording | None:
    """What a run takes instead of running these nodes; None where nothing is pinned. Raises `InvalidGraphError`."""
    if not pinned:
        return None
    if problems := list(_problems(version, pinned)):
        raise InvalidGraphError.of(problems)
    answers = [
        {
            "node_id": node_id,
            "inputs": None,
            "outputs": [[pin, value] for pin, values in outputs.items() for value in values],
        }
        for node_id, outputs in pinned.items()
    ]
    return Recording(nodes=sorted(pinned), answers=answers)


def _problems(version: GraphVersion, pinned: Pinned) -> Iterator[Problem]:
    """Nodes and pins that the graph does not have."""
    nodes = plans.graph_of_version(version.pk).nodes
    for node_id, outputs in pinned.items():
        node = nodes.get(node_id)
        if node is None:
            sentence = Sentence('The graph has no node "{node}" to be pinned', node=node_id)
            yield Problem(GRAPH, "pinned_outputs", sentence)
            continue
        block = registry.find(node.block_id)
        known = validation.output_pins(block) if block else None
        for pin in sorted(set(outputs) - known) if known is not None else ():
            sentence = Sentence(
                '{title}: there is no pin "{pin}" to be pinned', title=node.title, pin=pin
            )
            yield Problem(node_id, pin, sentence)
