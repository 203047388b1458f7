"""Lists: put in order, shuffled, cut."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.library.comparison import comparable
from blocks.library.lists import Items
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import as_text, describe, preview

MAX_PIECES = 10_000


def field_of(item: Any, key: str) -> Any:
    """What the item has under the key; the item itself when there is no key."""
    if not key:
        return item
    if not isinstance(item, dict):
        raise BlockError(f"An item is {describe(item)}, so it has no field {preview(key)}")
    return item.get(key)


@register
class SortList(Block["SortList.Input"]):
    id = "sort_list_block"
    name = "Sort list"
    description = "Puts the items of a list in order: numbers by size, anything else as text."
    category = "list"
    icon = "arrows-sort"

    class Input(Pins):
        list: Items = Field(description="The items.")
        key: str = Field(
            default="", description="For dictionaries: the field that gives the order."
        )
        descending: bool = Field(default=False, description="The largest first.")

    class Output(Pins):
        sorted_list: list[Any] = Field(description="The items in order; what is null comes last.")

    examples = (
        Example(given={"list": ["10", 9, None]}, yields=[("sorted_list", [9, "10", None])]),
        Example(
            given={"list": [{"n": "b"}, {"n": "C"}], "key": "n", "descending": True},
            yields=[("sorted_list", [{"n": "C"}, {"n": "b"}])],
        ),
        Example(given={"list": [1], "key": "n"}, error="it has no field"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        values = [field_of(item, data.key) for item in data.list]
        filled = [index for index, value in enumerate(values) if value is not None]
        empty = [index for index, value in enumerate(values) if value is None]
        keys = _sort_keys([values[index] for index in filled])
        order = dict(zip(filled, keys, strict=True))
        filled.sort(key=lambda index: order[index], reverse=data.descending)
        yield "sorted_list", [data.list[index] for index in filled + empty]


def _sort_keys(values: Sequence[Any]) -> list[Any]:
    """By number where every value is one, else as text."""
    numbers = [comparable(value) for value in values]
    if all(isinstance(number, int | float) for number in numbers):
        return numbers
    return [as_text(value).casefold() for value in values]


@register
class ShuffleList(Block["ShuffleList.Input"]):
    id = "shuffle_list_block"
    name = "Shuffle list"
    description = "Puts the items of a list in a random order."
    category = "list"
    icon = "dice-5"

    class Input(Pins):
        list: Items = Field(description="The items.")
        random_seed: int | None = Field(
            default=None, description="The same number gives the same order again."
        )

    class Output(Pins):
        shuffled_list: list[Any] = Field(description="The items in a random order.")

    examples = (
        Example(given={"list": [1, 2, 3]}, yields=[("shuffled_list", list)]),
        Example(given={"list": ["a"], "random_seed": 1}, yields=[("shuffled_list", ["a"])]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        chance = random.Random(data.random_seed)  # noqa: S311 - no secret depends on it
        yield "shuffled_list", chance.sample(data.list, len(data.list))


@register
class RandomItem(Block["RandomItem.Input"]):
    id = "random_item_block"
    name = "Pick random item"
    description = "Takes one item out of a list by chance."
    category = "list"
    icon = "dice-5"

    class Input(Pins):
        list: Items = Field(description="The items.")
        random_seed: int | None = Field(
            default=None, description="The same number gives the same choice again."
        )

    class Output(Pins):
        item: Any = Field(description="The item.")
        index: int = Field(description="Its position, from 0.")

    examples = (
        Example(given={"list": ["a"]}, yields=[("item", "a"), ("index", 0)]),
        Example(given={"list": [1, 2], "random_seed": 7}, yields=[("item", int), ("index", int)]),
        Example(given={"list": []}, error="The list is empty"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if not data.list:
            raise BlockError("The list is empty")
        index = random.Random(data.random_seed).randrange(len(data.list))  # noqa: S311 - no secret depends on it
        yield "item", data.list[index]
        yield "index", index


@register
class SliceList(Block["SliceList.Input"]):
    id = "slice_list_block"
    name = "Take part of list"
    description = "Takes the items from one position of a list up to another."
    category = "list"
    icon = "cut"

    class Input(Pins):
        list: Items = Field(description="The items.")
        start: int = Field(
            default=0, description="The first position, from 0; -1 is the last item."
        )
        end: int | None = Field(
            default=None, description="The position before which to stop; nothing: the end."
        )

    class Output(Pins):
        part: list[Any] = Field(description="The items in between.")
        rest: list[Any] = Field(description="All other items.")

    examples = (
        Example(
            given={"list": [1, 2, 3, 4], "start": 1, "end": 3},
            yields=[("part", [2, 3]), ("rest", [1, 4])],
        ),
        Example(given={"list": [1, 2, 3], "start": -2}, yields=[("part", [2, 3]), ("rest", [1])]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        start, end, _ = slice(data.start, data.end).indices(len(data.list))
        end = max(start, end)
        yield "part", data.list[start:end]
        yield "rest", data.list[:start] + data.list[end:]


@register
class SplitList(Block["SplitList.Input"]):
    id = "split_list_block"
    name = "Split list"
    description = "Cuts a list into pieces of the same size."
    category = "list"
    icon = "cut"
    limits = "At most 10,000 pieces."

    class Input(Pins):
        list: Items = Field(description="The items.")
        size: int = Field(ge=1, description="How many items a piece has; the last may have fewer.")

    class Output(Pins):
        pieces: list[list[Any]] = Field(description="All pieces.")
        piece: list[Any] = Field(description="Sent once for each piece.")

    examples = (
        Example(
            given={"list": [1, 2, 3], "size": 2},
            yields=[("pieces", [[1, 2], [3]]), ("piece", [1, 2]), ("piece", [3])],
        ),
        Example(given={"list": [], "size": 2}, yields=[("pieces", [])]),
        Example(given={"list": [1], "size": 0}, error="a number of 1 or more is needed"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if len(data.list) > data.size * MAX_PIECES:
            raise BlockError(f"That makes more than {MAX_PIECES:,} pieces; make them larger")
        starts = range(0, len(data.list), min(data.size, len(data.list) or 1))
        pieces = [data.list[start : start + data.size] for start in starts]
        yield "pieces", pieces
        for piece in pieces:
            yield "piece", piece
