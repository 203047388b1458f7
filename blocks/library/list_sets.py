"""Lists compared as sets: what only one has, what both have."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, Example, Pins, PinValue
from blocks.library.identity import identity, unique
from blocks.library.list_joins import LengthOutput
from blocks.ports import Ports
from blocks.registry import register


@register
class ListDifference(Block["ListDifference.Input"]):
    id = "list_difference_block"
    aliases = ("05309873-9d61-447e-96b5-b804e2511829",)
    name = "List difference"
    description = "Finds the items of one list that another list does not have."
    category = "list"

    class Input(Pins):
        list_a: list[Any] = Field(description="The list whose items are kept.")
        list_b: list[Any] = Field(description="The list whose items are left out.")
        symmetric: bool = Field(
            default=False, description="Also take the items that only the second list has."
        )

    class Output(LengthOutput):
        difference: list[Any] = Field(description="The items that are not in both.")

    examples = (
        Example(
            given={"list_a": [1, 2, 3], "list_b": [2, 4]},
            yields=[("difference", [1, 3]), ("length", 2)],
        ),
        Example(
            given={"list_a": [1, 2], "list_b": [2, 4], "symmetric": True},
            yields=[("difference", [1, 4]), ("length", 2)],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        difference = _without(data.list_a, data.list_b)
        if data.symmetric:
            difference += _without(data.list_b, data.list_a)
        yield "difference", difference
        yield "length", len(difference)


def _without(items: list[Any], others: list[Any]) -> list[Any]:
    unwanted = set(map(identity, others))
    return [item for item in items if identity(item) not in unwanted]


@register
class ListIntersection(Block["ListIntersection.Input"]):
    id = "list_intersection_block"
    aliases = ("b6eb08b6-dbe3-411b-b9b4-2508cb311a1f",)
    name = "List intersection"
    description = "Finds the items that two lists have in common, each once."
    category = "list"

    class Input(Pins):
        list_a: list[Any] = Field(description="The first list; its order is kept.")
        list_b: list[Any] = Field(description="The second list.")

    class Output(LengthOutput):
        intersection: list[Any] = Field(description="The items that both lists have.")

    examples = (
        Example(
            given={"list_a": [3, 2, 2, 1], "list_b": [2, 3]},
            yields=[("intersection", [3, 2]), ("length", 2)],
        ),
        Example(
            given={"list_a": [{"a": 1}], "list_b": [{"a": 1}, True]},
            yields=[("intersection", [{"a": 1}]), ("length", 1)],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        wanted = set(map(identity, data.list_b))
        both = unique([item for item in data.list_a if identity(item) in wanted])
        yield "intersection", both
        yield "length", len(both)
