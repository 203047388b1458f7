"""For each item do something, and collect what came of it."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register


@register
class ForEach(Block["ForEach.Input"]):
    id = "for_each_block"
    name = "For each"
    description = (
        "Sends the items of a list one by one; a Collect block further on waits for all of them."
    )
    category = "iteration"
    opens = frozenset({"item", "index"})
    at_once = "at_once"

    class Input(Pins):
        items: list[Any] = Field(max_length=10_000, description="The list; at most 10,000 items.")
        at_once: int | None = Field(
            default=None,
            ge=1,
            description="How many items may be on their way at once; all if empty.",
        )

    class Output(Pins):
        item: Any = Field(description="One item after the other.")
        index: int = Field(description="The number of the item, from 0.")
        count: int = Field(description="How many items there are.")

    examples = (
        Example(
            given={"items": ["a", "b"]},
            yields=[("item", "a"), ("index", 0), ("item", "b"), ("index", 1), ("count", 2)],
        ),
        Example(given={"items": [], "at_once": 3}, yields=[("count", 0)]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        for index, item in enumerate(data.items):
            yield "item", item
            yield "index", index
        yield "count", len(data.items)


@register
class Collect(Block["Collect.Input"]):
    id = "collect_block"
    name = "Collect"
    description = "Waits until every item of a For each has ended, then sends what arrived as one list, in order."
    category = "iteration"
    collects = "item"

    class Input(Pins):
        item: Any = Field(default=None, description="Link here what becomes of each item.")
        items: list[Any] = Field(
            default=[], description="Filled in by the run: everything that arrived."
        )

    class Output(Pins):
        list: Any = Field(description="What arrived, in the order of the items.")
        count: int = Field(description="How many values arrived; failed items sent none.")

    examples = (
        Example(given={"items": [1, 4, 9]}, yields=[("list", [1, 4, 9]), ("count", 3)]),
        Example(given={}, yields=[("list", []), ("count", 0)]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "list", data.items
        yield "count", len(data.items)
