"""Drawings with blocks that operators have switched off."""

from accounts.switches import switched_off
from blocks.registry import AnyBlock, find
from graphs import spec
from graphs.errors import BlockDisabledError
from graphs.sentences import Sentence
from graphs.validation import Problem


def require_on(drawing: spec.Graph) -> None:
    """Raise `BlockDisabledError` that names the nodes whose block is switched off (one query)."""
    off = problems(drawing)
    if off:
        raise BlockDisabledError.of(off)


def problems(drawing: spec.Graph) -> list[Problem]:
    """The nodes whose block is switched off (one query)."""
    off = switched_off({node.block_id for node in drawing.nodes.values()})
    return [
        Problem(node.id, "block_id", sentence(block, off[node.block_id]))
        for node in drawing.nodes.values()
        if node.block_id in off and (block := find(node.block_id))
    ]


def sentence(block: AnyBlock, reason: str) -> Sentence:
    """What people are told."""
    if reason:
        return Sentence(
            'The block "{name}" is switched off here: {reason}', name=block.name, reason=reason
        )
    return Sentence('The block "{name}" is switched off here', name=block.name)
