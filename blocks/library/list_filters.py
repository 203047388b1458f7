"""Lists: which items to keep, what to take of them, and lists of numbers."""

import statistics
from collections.abc import Hashable, Iterator
from typing import Any

from pydantic import Field, FiniteFloat

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.library.comparison import Comparison, holds
from blocks.library.identity import identity
from blocks.library.list_order import field_of
from blocks.library.lists import Items
from blocks.ports import Ports
from blocks.registry import register

MAX_NUMBERS = 100_000


@register
class FilterList(Block["FilterList.Input"]):
    id = "filter_list_block"
    name = "Filter list"
    description = "Keeps the items of a list that meet a condition."
    category = "list"
    icon = "filter"

    class Input(Pins):
        list: Items = Field(description="The items.")
        operator: Comparison = Field(description="How to compare.")
        value: Any = Field(description="What to compare with.")
        key: str = Field(default="", description="For dictionaries: the field to compare.")

    class Output(Pins):
        kept: list[Any] = Field(description="The items that meet the condition.")
        dropped: list[Any] = Field(description="All others.")

    examples = (
        Example(
            given={"list": [1, 5, "7"], "operator": ">", "value": 3},
            yields=[("kept", [5, "7"]), ("dropped", [1])],
        ),
        Example(
            given={"list": [{"n": 1}, {"n": 2}], "operator": "==", "value": 2, "key": "n"},
            yields=[("kept", [{"n": 2}]), ("dropped", [{"n": 1}])],
        ),
        Example(
            given={"list": ["a"], "operator": ">", "value": 1}, error="Item 1: A text and a number"
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        verdicts = [_meets(data, index, item) for index, item in enumerate(data.list)]
        pairs = list(zip(data.list, verdicts, strict=True))
        yield "kept", [item for item, is_kept in pairs if is_kept]
        yield "dropped", [item for item, is_kept in pairs if not is_kept]


def _meets(data: FilterList.Input, index: int, item: Any) -> bool:
    try:
        return holds(field_of(item, data.key), data.operator, data.value)
    except BlockError as error:
        raise BlockError(f"Item {index + 1}: {error}") from None


@register
class RemoveDuplicates(Block["RemoveDuplicates.Input"]):
    id = "remove_duplicates_block"
    name = "Remove duplicates"
    description = "Keeps the first of all items that are equal, or equal in one field."
    category = "list"

    class Input(Pins):
        list: Items = Field(description="The items.")
        key: str = Field(
            default="", description="For dictionaries: the field that makes two items the same."
        )

    class Output(Pins):
        unique: list[Any] = Field(description="The items without repetitions.")
        removed: list[Any] = Field(description="The repetitions.")

    examples = (
        Example(
            given={"list": [1, "1", 1, True]}, yields=[("unique", [1, "1", True]), ("removed", [1])]
        ),
        Example(
            given={"list": [{"id": 1, "v": "a"}, {"id": 1, "v": "b"}], "key": "id"},
            yields=[("unique", [{"id": 1, "v": "a"}]), ("removed", [{"id": 1, "v": "b"}])],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        seen: set[Hashable] = set()
        unique: Items = []
        removed: Items = []
        for item in data.list:
            same = identity(field_of(item, data.key))
            (removed if same in seen else unique).append(item)
            seen.add(same)
        yield "unique", unique
        yield "removed", removed


@register
class PickField(Block["PickField.Input"]):
    id = "pick_field_block"
    name = "Take field of every item"
    description = "Makes a list of what the dictionaries in a list have in one field."
    category = "list"

    class Input(Pins):
        list: Items = Field(description="The dictionaries, such as the rows of a table.")
        key: str = Field(min_length=1, description="The name of the field.")
        skip_missing: bool = Field(
            default=True, description="Leave out items without this field; else they give null."
        )

    class Output(Pins):
        values: list[Any] = Field(description="The values, in the order of the items.")

    examples = (
        Example(given={"list": [{"n": 1}, {"n": 2}, {}], "key": "n"}, yields=[("values", [1, 2])]),
        Example(
            given={"list": [{"n": 1}, {}], "key": "n", "skip_missing": False},
            yields=[("values", [1, None])],
        ),
        Example(given={"list": [1], "key": "n"}, error="it has no field"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        values = [field_of(item, data.key) for item in data.list]
        has_field = [data.key in item for item in data.list]
        pairs = zip(values, has_field, strict=True)
        yield "values", [value for value, is_there in pairs if is_there or not data.skip_missing]


@register
class NumberRange(Block["NumberRange.Input"]):
    id = "number_range_block"
    name = "List of numbers"
    description = "Counts from one number to another and makes a list of what it counts."
    category = "list"
    limits = "At most 100,000 numbers."

    class Input(Pins):
        start: int = Field(default=1, description="The first number.")
        end: int = Field(description="Where to stop; it is the last number if counting meets it.")
        step: int = Field(default=1, description="How far to go each time; below 0: downwards.")

    class Output(Pins):
        numbers: list[int] = Field(description="The numbers.")

    examples = (
        Example(given={"end": 3}, yields=[("numbers", [1, 2, 3])]),
        Example(given={"start": 10, "end": 1, "step": -4}, yields=[("numbers", [10, 6, 2])]),
        Example(given={"end": 3, "step": 0}, error="step of 0 leads nowhere"),
        Example(given={"end": 1000000}, error="more than 100,000 numbers"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if data.step == 0:
            raise BlockError("A step of 0 leads nowhere")
        if abs(data.end - data.start) // abs(data.step) >= MAX_NUMBERS:
            raise BlockError(f"That would be more than {MAX_NUMBERS:,} numbers")
        beyond = 1 if data.step > 0 else -1
        yield "numbers", list(range(data.start, data.end + beyond, data.step))


@register
class ListStatistics(Block["ListStatistics.Input"]):
    id = "list_statistics_block"
    name = "Statistics"
    description = "Sums up a list of numbers: count, sum, mean, median, least, largest, spread."
    category = "math"
    icon = "sum"
    limits = "At most 100,000 numbers."

    class Input(Pins):
        numbers: list[FiniteFloat] = Field(
            min_length=1, max_length=MAX_NUMBERS, description="The numbers."
        )

    class Output(Pins):
        count: int = Field(description="How many numbers there are.")
        sum: float = Field(description="All of them together.")
        mean: float = Field(description="The average.")
        median: float = Field(description="The number in the middle.")
        min: float = Field(description="The least.")
        max: float = Field(description="The largest.")
        deviation: float = Field(description="How far they spread: the standard deviation.")

    examples = (
        Example(
            given={"numbers": [1, "2", 6]},
            yields=[
                ("count", 3),
                ("sum", 9.0),
                ("mean", 3.0),
                ("median", 2.0),
                ("min", 1.0),
                ("max", 6.0),
                ("deviation", float),
            ],
        ),
        Example(
            given={"numbers": [5]},
            yields=[
                ("count", 1),
                ("sum", 5.0),
                ("mean", 5.0),
                ("median", 5.0),
                ("min", 5.0),
                ("max", 5.0),
                ("deviation", 0.0),
            ],
        ),
        Example(given={"numbers": ["a"]}, error="a number is needed"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        try:
            mean = statistics.fmean(data.numbers)
            yield "count", len(data.numbers)
            yield "sum", float(sum(data.numbers))
            yield "mean", mean
            yield "median", float(statistics.median(data.numbers))
            yield "min", min(data.numbers)
            yield "max", max(data.numbers)
            yield "deviation", float(statistics.pstdev(data.numbers, mean))
        except OverflowError:
            raise BlockError("The numbers are too large to be added") from None
