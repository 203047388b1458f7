"""Lists: make one, add to it, turn it around."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, Example, Pins, PinValue
from blocks.limits import json_size, require_room_for
from blocks.ports import Ports
from blocks.registry import register

# Pins are called "list", which inside a class hides the type of that name.
Items = list[Any]

_BYTES_PER_TOKEN = 4


@register
class CreateList(Block["CreateList.Input"]):
    id = "create_list_block"
    aliases = ("a912d5c7-6e00-4542-b2a9-8034136930e4",)
    name = "Create list"
    description = "Makes a list of values, in pieces of a certain size if wanted."
    category = "list"

    class Input(Pins):
        values: Items = Field(description="The items.")
        max_size: int | None = Field(
            default=None, ge=1, description="The most items in one piece; empty: no pieces."
        )
        max_tokens: int | None = Field(
            default=None, ge=1, description="The most tokens in one piece, about 4 bytes each."
        )

    class Output(Pins):
        list: Items = Field(description="The list; sent once for each piece.")

    examples = (
        Example(given={"values": ["a", 1]}, yields=[("list", ["a", 1])]),
        Example(
            given={"values": [1, 2, 3], "max_size": 2},
            yields=[("list", [1, 2]), ("list", [3])],
        ),
        Example(
            given={"values": ["apple", "pear", "plum"], "max_tokens": 3},
            yields=[("list", ["apple"]), ("list", ["pear", "plum"])],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        require_room_for(data.values)
        max_bytes = None if data.max_tokens is None else data.max_tokens * _BYTES_PER_TOKEN
        for piece in _pieces(data.values, data.max_size, max_bytes):
            yield "list", piece


def _pieces(items: Items, max_size: int | None, max_bytes: int | None) -> Iterator[Items]:
    piece: Items = []
    size = 0
    for item in items:
        item_size = 0 if max_bytes is None else json_size(item)
        is_long = max_size is not None and len(piece) >= max_size
        is_large = max_bytes is not None and size + item_size > max_bytes
        if piece and (is_long or is_large):
            yield piece
            piece, size = [], 0
        piece.append(item)
        size += item_size
    if piece or not items:
        yield piece


@register
class AddToList(Block["AddToList.Input"]):
    id = "add_to_list_block"
    aliases = ("aeb08fc1-2fc1-4141-bc8e-f758f183a822",)
    name = "Add to list"
    description = "Adds one item or several to a list, at its end or at a position."
    category = "list"

    class Input(Pins):
        list: Items = Field(default=[], description="The list to add to.")
        entry: Any = Field(default=None, description="One item to add.")
        entries: Items = Field(default=[], description="Items to add, before the one item.")
        position: int | None = Field(
            default=None, description="Where to add them; 0 is the beginning, empty the end."
        )

    class Output(Pins):
        updated_list: Items = Field(description="The list with the items added.")

    examples = (
        Example(given={"list": [1], "entry": 2}, yields=[("updated_list", [1, 2])]),
        Example(given={"entries": [1, 2], "entry": 0}, yields=[("updated_list", [1, 2, 0])]),
        Example(
            given={"list": ["b"], "entry": "a", "position": 0},
            yields=[("updated_list", ["a", "b"])],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        added = [*data.entries] if data.entry is None else [*data.entries, data.entry]
        position = len(data.list) if data.position is None else data.position
        updated = [*data.list]
        updated[position:position] = added
        require_room_for(updated)
        yield "updated_list", updated


@register
class ReverseListOrder(Block["ReverseListOrder.Input"]):
    id = "reverse_list_order_block"
    aliases = ("422cb708-3109-4277-bfe3-bc2ae5812777",)
    name = "Reverse list order"
    description = "Turns a list around, so that the last item comes first."
    category = "list"

    class Input(Pins):
        input_list: list[Any] = Field(description="The list to turn around.")

    class Output(Pins):
        reversed_list: list[Any] = Field(description="The items from last to first.")

    examples = (
        Example(given={"input_list": [1, 2, 3]}, yields=[("reversed_list", [3, 2, 1])]),
        Example(given={"input_list": []}, yields=[("reversed_list", [])]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "reversed_list", data.input_list[::-1]


@register
class ListIsEmpty(Block["ListIsEmpty.Input"]):
    id = "list_is_empty_block"
    aliases = ("896ed73b-27d0-41be-813c-c1c1dc856c03",)
    name = "List is empty"
    description = "Tells whether a list has no items."
    category = "list"

    class Input(Pins):
        list: Items = Field(description="The list.")

    class Output(Pins):
        is_empty: bool = Field(description="True when the list has no items.")

    examples = (
        Example(given={"list": []}, yields=[("is_empty", True)]),
        Example(given={"list": [0]}, yields=[("is_empty", False)]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "is_empty", not data.list
