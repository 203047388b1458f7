"""Count how often something happens in a run."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register


@register
class Counter(Block["Counter.Input"]):
    id = "counter_block"
    name = "Counter"
    description = (
        "Counts the values that arrive, for each item of a For each anew, and can stop a loop."
    )
    category = "iteration"
    counts = "firing"

    class Input(Pins):
        value: Any = Field(default=None, description="Each value that arrives is counted.")
        start: int = Field(default=1, description="The first number.")
        step: int = Field(default=1, description="How much is added each time.")
        limit: int | None = Field(
            default=None, ge=0, description="How many values to pass on; all of them if empty."
        )
        firing: int = Field(
            default=1, ge=1, description="Filled in by the run: how often the node has fired."
        )

    class Output(Pins):
        count: int = Field(description="The number of this value.")
        value: Any = Field(description="The value, until the limit is reached.")
        over: Any = Field(description="The value, once the limit has been passed.")

    examples = (
        Example(given={"value": "a"}, yields=[("count", 1), ("value", "a")]),
        Example(
            given={"value": "c", "start": 0, "step": 5, "firing": 3, "limit": 3},
            yields=[("count", 10), ("value", "c")],
        ),
        Example(
            given={"value": "d", "firing": 4, "limit": 3}, yields=[("count", 4), ("over", "d")]
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "count", data.start + (data.firing - 1) * data.step
        is_over = data.limit is not None and data.firing > data.limit
        yield ("over" if is_over else "value"), data.value
