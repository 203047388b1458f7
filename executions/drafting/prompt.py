"""What a model is told that is to draft a graph, and how its answer is read."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from blocks import registry
from blocks.base import BlockError
from blocks.registry import AnyBlock
from graphs import json_text
from graphs.json_text import JsonError
from graphs.validation import Problem

RULES = """\
You draw workflows. A workflow is a graph: nodes are uses of blocks, links carry values from an output pin of one node
to an input pin of another. Answer with one JSON object and nothing else:
{"name": text, "description": text,
 "nodes": [{"id": text, "block_id": text, "input_default": {pin: value}, "metadata": {"title": text}}],
 "links": [{"source_id": text, "source_name": output pin, "sink_id": text, "sink_name": input pin}]}
Use only the blocks that are listed, with their exact ids and pins. Every pin marked with * needs a link or a value.
What the user is to give when the workflow runs comes from an input block with a "name" and a sample "value"; what the
workflow gives back goes into an output block with a "name". A text template is filled by links to pins such as
"values_#_topic", which it writes as double braces around topic. The block that asks a language model takes any
further pin as a variable of its prompt. Every node has an "error" output. Titles are in the user's language. Draw as
few nodes as will do.

The blocks, as id: what it does (inputs > outputs)
"""


@cache
def rules() -> str:
    """The rules with the catalogue; blocks do not change while the process lives."""
    return RULES + "\n".join(_line(block) for block in registry.all_blocks())


def _line(block: AnyBlock) -> str:
    inputs = [
        f"{name}*" if info.is_required() else name
        for name, info in block.Input.model_fields.items()
    ]
    return f"{block.id}: {block.description} ({', '.join(inputs)} > {', '.join(block.Output.model_fields)})"


def again(words: str, answer: str, problems: Iterable[Problem]) -> str:
    """What the user wants, after a draft that was wrong, with what was wrong in it."""
    told = "\n".join(
        f"- {each.node_id or 'graph'}, {each.field}: {each.message}" for each in problems
    )
    return f"{words}\n\nYou answered:\n{answer}\n\nThat is not right yet:\n{told}\n\nAnswer with the whole JSON again."


def read(answer: str) -> dict[str, Any]:
    """The document in an answer. Raises `BlockError` when there is none."""
    start, end = answer.find("{"), answer.rfind("}")
    try:
        document = json_text.read(answer[start : end + 1].encode()) if start >= 0 else None
    except JsonError:
        document = None
    if not isinstance(document, dict):
        raise BlockError(
            "The model did not answer with a graph. Say it in other words, or choose another model."
        )
    return document
