"""Going through collections: one item after the other, or only counting them."""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.limits import text_size
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import describe, from_json, preview

MAX_ITEMS = 10_000
MAX_TEXT_BYTES = 1_000_000


@register
class StepThroughItems(Block["StepThroughItems.Input"]):
    id = "step_through_items_block"
    aliases = ("f66a3543-28d3-4ab5-8945-9b336371e2ce",)
    name = "Step through items"
    description = "Sends the items of a list or dictionary one after the other."
    category = "iteration"

    class Input(Pins):
        items: list[Any] = Field(default=[], description="A list to go through.")
        items_object: dict[str, Any] = Field(
            default={}, description="A dictionary to go through; its values are sent."
        )
        items_str: str = Field(
            default="", description="A list or dictionary as JSON text, at most 1 MB."
        )

    class Output(Pins):
        item: Any = Field(description="One item; sent once for each of them.")
        key: Any = Field(description="The key of the item, its position in the case of a list.")

    examples = (
        Example(
            given={"items": ["a", "b"]},
            yields=[("item", "a"), ("key", 0), ("item", "b"), ("key", 1)],
        ),
        Example(given={"items_object": {"x": 1}}, yields=[("item", 1), ("key", "x")]),
        Example(given={"items_str": "[true]"}, yields=[("item", True), ("key", 0)]),
        Example(given={"items_str": "a, b"}, error="not a list or dictionary"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        collections = [data.items, data.items_object, _collection_in(data.items_str)]
        total = sum(map(len, collections))
        if total > MAX_ITEMS:
            raise BlockError(f"There are {total:,} items; at most {MAX_ITEMS:,} are possible")
        for collection in collections:
            for key, item in _entries(collection):
                yield "item", item
                yield "key", key


def _entries(collection: list[Any] | dict[str, Any]) -> Iterable[tuple[Any, Any]]:
    return collection.items() if isinstance(collection, dict) else enumerate(collection)


def _collection_in(text: str) -> list[Any] | dict[str, Any]:
    if not text:
        return []
    if text_size(text) > MAX_TEXT_BYTES:
        raise BlockError("The text is larger than 1 MB")
    try:
        collection = from_json(text)
    except ValueError:
        collection = None
    if not isinstance(collection, list | dict):
        raise BlockError(f"The text {preview(text)} is not a list or dictionary in JSON")
    return collection


@register
class CountItems(Block["CountItems.Input"]):
    id = "count_items_block"
    aliases = ("3c9c2f42-b0c3-435f-ba35-05f7a25c772a",)
    name = "Count items"
    description = (
        "Counts the items of a list, the entries of a dictionary or the letters of a text."
    )
    category = "iteration"

    class Input(Pins):
        collection: Any = Field(description="A list, a dictionary or a text.")

    class Output(Pins):
        count: int = Field(description="How many there are.")

    examples = (
        Example(given={"collection": [1, 2, 3]}, yields=[("count", 3)]),
        Example(given={"collection": {"a": 1}}, yields=[("count", 1)]),
        Example(given={"collection": "four"}, yields=[("count", 4)]),
        Example(given={"collection": 7}, error="cannot be counted"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if not isinstance(data.collection, list | dict | str):
            raise BlockError(f"The input is {describe(data.collection)}, which cannot be counted")
        yield "count", len(data.collection)
