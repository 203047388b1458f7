"""Names of nodes that have none in an agent file: there cards show the block, here they would show a UUID."""

import re
from typing import Any

from blocks import registry
from blocks.base import Kind
from graphs import spec

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def titled(node: spec.Node) -> spec.Node:
    """The node with a title, unless it has one, or an id that people can read."""
    if not _UUID.fullmatch(node.title):
        return node
    metadata = {**node.metadata, "title": _usual(node)}
    return spec.Node(node.id, node.block_id, node.input_default, metadata)


def untitled(node: spec.Node) -> dict[str, Any]:
    """The metadata of the node without a title that it got here."""
    metadata = dict(node.metadata)
    if metadata.get("title") == _usual(node):
        del metadata["title"]
    return metadata


def _usual(node: spec.Node) -> str:
    block = registry.find(node.block_id)
    if block is None:
        return node.id
    is_named = block.kind in {Kind.INPUT, Kind.OUTPUT} and node.input_default.get("name")
    return str(node.input_default["name"] if is_named else block.name)[:100]
