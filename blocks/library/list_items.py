"""Single items of a list: find, get, take out, replace."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.library.identity import identity
from blocks.library.lists import Items
from blocks.limits import require_room_for
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import describe


def _position(items: Items, index: int) -> int:
    """The index, counted from the end when negative. Raises `BlockError` when nothing is there."""
    if not -len(items) <= index < len(items):
        raise BlockError(f"There is nothing at position {index}: the list has {len(items)} items")
    return index % len(items)


@register
class GetListItem(Block["GetListItem.Input"]):
    id = "get_list_item_block"
    aliases = ("262ca24c-1025-43cf-a578-534e23234e97",)
    name = "Get list item"
    description = "Takes the item at a position of a list."
    category = "list"

    class Input(Pins):
        list: Items = Field(description="The list.")
        index: int = Field(description="The position: 0 is the first item, -1 the last.")

    class Output(Pins):
        item: Any = Field(description="The item at the position.")

    examples = (
        Example(given={"list": ["a", "b", "c"], "index": 1}, yields=[("item", "b")]),
        Example(given={"list": ["a", "b", "c"], "index": -1}, yields=[("item", "c")]),
        Example(given={"list": ["a"], "index": 3}, error="nothing at position 3"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "item", data.list[_position(data.list, data.index)]


@register
class FindInList(Block["FindInList.Input"]):
    id = "find_in_list_block"
    aliases = ("5e2c6d0a-1e37-489f-b1d0-8e1812b23333",)
    name = "Find in list"
    description = "Tells where a value first stands in a list."
    category = "list"
    icon = "search"

    class Input(Pins):
        list: Items = Field(description="The list to search.")
        value: Any = Field(description="The value to look for.")

    class Output(Pins):
        index: int = Field(description="The position, 0 for the first item; only if found.")
        found: bool = Field(description="Whether the list has the value.")
        not_found_value: Any = Field(description="The value; only sent if it was not found.")

    examples = (
        Example(given={"list": ["a", "b"], "value": "b"}, yields=[("index", 1), ("found", True)]),
        Example(
            given={"list": ["a"], "value": "z"},
            yields=[("found", False), ("not_found_value", "z")],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        index = _first_index(data.list, data.value)
        if index is None:
            yield "found", False
            yield "not_found_value", data.value
        else:
            yield "index", index
            yield "found", True


def _first_index(items: Items, value: Any) -> int | None:
    wanted = identity(value)
    return next((index for index, item in enumerate(items) if identity(item) == wanted), None)


@register
class RemoveFromList(Block["RemoveFromList.Input"]):
    id = "remove_from_list_block"
    aliases = ("d93c5a93-ac7e-41c1-ae5c-ef67e6e9b826",)
    name = "Remove from list"
    description = "Takes one item out of a list, by its position or by its value."
    category = "list"
    icon = "trash"

    class Input(Pins):
        list: Items = Field(description="The list.")
        value: Any = Field(default=None, description="The value to remove where it first stands.")
        index: int | None = Field(
            default=None, description="The position to remove, -1 for the last item."
        )
        return_item: bool = Field(default=False, description="Also send the removed item.")

    class Output(Pins):
        updated_list: Items = Field(description="The list without the item.")
        removed_item: Any = Field(description="The removed item, if wanted.")

    examples = (
        Example(given={"list": [1, 2, 3], "value": 2}, yields=[("updated_list", [1, 3])]),
        Example(
            given={"list": ["a", "b"], "index": -1, "return_item": True},
            yields=[("updated_list", ["a"]), ("removed_item", "b")],
        ),
        Example(given={"list": [1], "value": 5}, error="does not have the number 5"),
        Example(given={"list": [1]}, error="Give a value or a position"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        position = self._position_of(data)
        yield "updated_list", data.list[:position] + data.list[position + 1 :]
        if data.return_item:
            yield "removed_item", data.list[position]

    def _position_of(self, data: Input) -> int:
        if data.index is not None:
            return _position(data.list, data.index)
        if data.value is None:
            raise BlockError("Give a value or a position to remove")
        position = _first_index(data.list, data.value)
        if position is None:
            raise BlockError(f"The list does not have {describe(data.value)}")
        return position


@register
class ReplaceListItem(Block["ReplaceListItem.Input"]):
    id = "replace_list_item_block"
    aliases = ("fbf62922-bea1-4a3d-8bac-23587f810b38",)
    name = "Replace list item"
    description = "Puts another value at a position of a list."
    category = "list"
    icon = "replace"

    class Input(Pins):
        list: Items = Field(description="The list.")
        index: int = Field(description="The position: 0 is the first item, -1 the last.")
        value: Any = Field(description="The new value.")

    class Output(Pins):
        updated_list: Items = Field(description="The list with the new value.")
        old_item: Any = Field(description="The item that stood there before.")

    examples = (
        Example(
            given={"list": [1, 2], "index": 0, "value": 9},
            yields=[("updated_list", [9, 2]), ("old_item", 1)],
        ),
        Example(given={"list": [], "index": 0, "value": 9}, error="the list has 0 items"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        position = _position(data.list, data.index)
        updated = [*data.list]
        updated[position] = data.value
        require_room_for(updated)
        yield "updated_list", updated
        yield "old_item", data.list[position]
