"""Try something, and catch what goes wrong in it."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register


@register
class Try(Block["Try.Input"]):
    id = "try_block"
    name = "Try"
    description = (
        "Passes a value on; what fails behind it, up to a Catch block, does not fail the run."
    )
    category = "control"
    icon = "shield-check"
    opens = frozenset({"value"})

    class Input(Pins):
        value: Any = Field(default=None, description="The value to pass on.")

    class Output(Pins):
        value: Any = Field(description="The value, unchanged.")

    examples = (
        Example(given={"value": "tea"}, yields=[("value", "tea")]),
        Example(given={}, yields=[("value", None)]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "value", data.value


class Failure(Pins):
    """What went wrong."""

    message: str
    code: str
    node: str
    node_id: str


@register
class Catch(Block["Catch.Input"]):
    id = "catch_block"
    name = "Catch"
    description = "Waits until all that a Try has set going has ended, then sends on what arrived and what failed."
    category = "control"
    icon = "shield-check"
    collects = "value"
    catches = True

    class Input(Pins):
        value: Any = Field(default=None, description="Link here what comes out of the attempt.")
        items: list[Any] = Field(
            default=[], description="Filled in by the run: everything that arrived."
        )
        failures: list[Failure] = Field(
            default=[], description="Filled in by the run: what failed and was not handled."
        )

    class Output(Pins):
        value: Any = Field(description="Each value that arrived.")
        failure: dict[str, str] = Field(
            description="Each failure: its message, its code, and the node (title and id)."
        )
        failed: bool = Field(description="Whether anything failed; sent once, at the end.")

    examples = (
        Example(given={"items": ["tea"]}, yields=[("value", "tea"), ("failed", False)]),
        Example(
            given={
                "failures": [
                    {"message": "No water", "code": "block_failed", "node": "Boil", "node_id": "n1"}
                ]
            },
            yields=[
                (
                    "failure",
                    {
                        "message": "No water",
                        "code": "block_failed",
                        "node": "Boil",
                        "node_id": "n1",
                    },
                ),
                ("failed", True),
            ],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        for value in data.items:
            yield "value", value
        for failure in data.failures:
            yield "failure", failure.model_dump()
        yield "failed", bool(data.failures)
