"""The catalogue: every block by its id and by its aliases."""

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

from blocks.base import Block

AnyBlock = Block[Any]
BlockT = TypeVar("BlockT", bound=AnyBlock)

_blocks: dict[str, AnyBlock] = {}
_names: dict[str, str] = {}  # id or alias -> id


def register(cls: type[BlockT]) -> type[BlockT]:
    """Class decorator: put a block in the catalogue under its id and its aliases."""
    for name in (cls.id, *cls.aliases):
        if name in _names:
            raise ValueError(f"Two blocks are called {name!r}: {_names[name]} and {cls.id}")
        _names[name] = cls.id
    _blocks[cls.id] = cls()
    return cls


def find(block_id: str) -> AnyBlock | None:
    """The block with this id or alias, or None."""
    name = _names.get(block_id)
    return _blocks[name] if name else None


def all_blocks() -> Iterator[AnyBlock]:
    """Every block, by category and name."""
    return iter(sorted(_blocks.values(), key=lambda block: (block.category, block.name)))


ERROR_TEXT = "What went wrong."


@cache
def input_schema(block_id: str) -> dict[str, Any]:
    """JSON Schema of the input pins."""
    return _blocks[block_id].Input.model_json_schema()


@cache
def output_schema(block_id: str) -> dict[str, Any]:
    """JSON Schema of the output pins; `error` is added where the block does not declare it."""
    schema = _blocks[block_id].Output.model_json_schema()
    properties = schema.setdefault("properties", {})
    properties.setdefault("error", {"type": "string", "title": "Error", "description": ERROR_TEXT})
    return schema
