"""Several lists made into one: join, interleave, zip, flatten."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from pydantic import Field

from blocks.base import Block, Example, Pins, PinValue
from blocks.library.identity import unique
from blocks.limits import json_size, require_room, require_room_for
from blocks.ports import Ports
from blocks.registry import register

# A gap in `lists_$_0`, `lists_$_2` arrives as null; a list that is not there counts as empty.
Lists = list[list[Any] | None]


def _present(lists: Lists) -> list[list[Any]]:
    return [items or [] for items in lists]


class LengthOutput(Pins):
    """The pin that all of these blocks have."""

    length: int = Field(description="How many items that are.")


@register
class ConcatenateLists(Block["ConcatenateLists.Input"]):
    id = "concatenate_lists_block"
    aliases = ("3cf9298b-5817-4141-9d80-7c2cc5199c8e",)
    name = "Concatenate lists"
    description = "Joins lists one after the other into a single list."
    category = "list"

    class Input(Pins):
        lists: Lists = Field(description="The lists to join, in order.")
        deduplicate: bool = Field(default=False, description="Keep equal items only once.")
        remove_none: bool = Field(default=False, description="Leave out items that are nothing.")

    class Output(LengthOutput):
        concatenated_list: list[Any] = Field(description="All items in one list.")

    examples = (
        Example(
            given={"lists": [[1, 2], [2, 3]]},
            yields=[("concatenated_list", [1, 2, 2, 3]), ("length", 4)],
        ),
        Example(
            given={"lists": [[1, None], [1]], "deduplicate": True, "remove_none": True},
            yields=[("concatenated_list", [1]), ("length", 1)],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        joined = [item for items in _present(data.lists) for item in items]
        if data.remove_none:
            joined = [item for item in joined if item is not None]
        if data.deduplicate:
            joined = unique(joined)
        require_room_for(joined)
        yield "concatenated_list", joined
        yield "length", len(joined)


@register
class InterleaveLists(Block["InterleaveLists.Input"]):
    id = "interleave_lists_block"
    aliases = ("9f616084-1d9f-4f8e-bc00-5b9d2a75cd75",)
    name = "Interleave lists"
    description = "Takes the first item of each list, then the second of each, and so on."
    category = "list"

    class Input(Pins):
        lists: Lists = Field(description="The lists to interleave.")

    class Output(LengthOutput):
        interleaved_list: list[Any] = Field(description="The items in turn.")

    examples = (
        Example(
            given={"lists": [[1, 2, 3], ["a", "b"]]},
            yields=[("interleaved_list", [1, "a", 2, "b", 3]), ("length", 5)],
        ),
        Example(given={"lists": []}, yields=[("interleaved_list", []), ("length", 0)]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        interleaved: list[Any] = []
        remaining = [iter(items) for items in _present(data.lists) if items]
        while remaining:
            remaining = [source for source in remaining if _take_one(source, interleaved)]
        require_room_for(interleaved)
        yield "interleaved_list", interleaved
        yield "length", len(interleaved)


def _take_one(source: Iterator[Any], into: list[Any]) -> bool:
    for item in source:
        into.append(item)
        return True
    return False


@register
class ZipLists(Block["ZipLists.Input"]):
    id = "zip_lists_block"
    aliases = ("0d0e684f-5cb9-4c4b-b8d1-47a0860e0c07",)
    name = "Zip lists"
    description = "Puts together the first items of all lists, then the second ones, and so on."
    category = "list"

    class Input(Pins):
        lists: Lists = Field(description="The lists to zip.")
        pad_to_longest: bool = Field(
            default=False,
            description="Fill shorter lists up; otherwise the shortest decides the length.",
        )
        fill_value: Any = Field(default=None, description="What to fill shorter lists with.")

    class Output(LengthOutput):
        zipped_list: list[list[Any]] = Field(description="One list for each position.")

    examples = (
        Example(
            given={"lists": [[1, 2, 3], ["a", "b"]]},
            yields=[("zipped_list", [[1, "a"], [2, "b"]]), ("length", 2)],
        ),
        Example(
            given={"lists": [[1, 2], ["a"]], "pad_to_longest": True, "fill_value": "-"},
            yields=[("zipped_list", [[1, "a"], [2, "-"]]), ("length", 2)],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        lists = _present(data.lists)
        if data.pad_to_longest:
            gaps = len(lists) * max(map(len, lists), default=0) - sum(map(len, lists))
            require_room(gaps * (json_size(data.fill_value) + 1))
            rows = [list(row) for row in zip_longest(*lists, fillvalue=data.fill_value)]
        else:
            rows = [list(row) for row in zip(*lists, strict=False)]
        require_room_for(rows)
        yield "zipped_list", rows
        yield "length", len(rows)


@register
class FlattenList(Block["FlattenList.Input"]):
    id = "flatten_list_block"
    aliases = ("cc45bb0f-d035-4756-96a7-fe3e36254b4d",)
    name = "Flatten list"
    description = "Takes the items out of lists within lists, so that one flat list remains."
    category = "list"

    class Input(Pins):
        nested_list: list[Any] = Field(description="The list with lists in it.")
        max_depth: int = Field(
            default=-1, ge=-1, description="How many levels to take out; -1 for all of them."
        )

    class Output(LengthOutput):
        flattened_list: list[Any] = Field(description="The flat list.")
        original_depth: int = Field(description="The levels before: 1 for a flat list.")

    examples = (
        Example(
            given={"nested_list": [1, [2, [3]]]},
            yields=[("flattened_list", [1, 2, 3]), ("length", 3), ("original_depth", 3)],
        ),
        Example(
            given={"nested_list": [1, [2, [3]]], "max_depth": 1},
            yields=[("flattened_list", [1, 2, [3]]), ("length", 3), ("original_depth", 3)],
        ),
        Example(
            given={"nested_list": [1]},
            yields=[("flattened_list", [1]), ("length", 1), ("original_depth", 1)],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        depth = _depth(data.nested_list)
        flat = _flattened(data.nested_list, depth if data.max_depth < 0 else data.max_depth)
        require_room_for(flat)
        yield "flattened_list", flat
        yield "length", len(flat)
        yield "original_depth", depth


def _depth(items: list[Any]) -> int:
    depth, level = 0, [items]
    while level:
        depth += 1
        level = [item for part in level for item in part if isinstance(item, list)]
    return depth


def _flattened(items: list[Any], levels: int) -> list[Any]:
    flat: list[Any] = []
    # A stack of our own: lists may be nested deeper than functions may call each other.
    stack = [iter(items)]
    while stack:
        for item in stack[-1]:
            if isinstance(item, list) and len(stack) <= levels:
                stack.append(iter(item))
                break
            flat.append(item)
        else:
            stack.pop()
    return flat
