"""Calculation by a formula."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register

_SECONDS = 2.0


@register
class Formula(Block["Formula.Input"]):
    id = "formula_block"
    name = "Formula"
    description = "Calculates a formula with values of your own, such as round(price * 1.19, 2)."
    category = "math"
    icon = "calculator"
    effect = Effect.IDEMPOTENT
    limits = "2 seconds; one expression as Python has it, with the module math and nothing else."

    class Input(Pins):
        formula: str = Field(min_length=1, max_length=10_000, description="The formula.")
        values: dict[str, Any] = Field(default={}, description="The values by name.")

    class Output(Pins):
        result: Any = Field(description="The result.")

    examples = (
        Example(
            given={"formula": "round(price * n, 2)", "values": {"price": 1.25, "n": 3}},
            yields=[("result", 3.75)],
        ),
        Example(
            given={"formula": "math.sqrt(16) if a > 1 else 0", "values": {"a": 2}},
            yields=[("result", 4.0)],
        ),
        Example(given={"formula": "1 / 0"}, error="division by zero"),
        Example(given={"formula": "a +"}, error="SyntaxError"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        done = ports.sandbox.call(
            "blocks.sandbox.jobs.python:run",
            {
                "code": f"import math\n({data.formula}\n)",
                "inputs": data.values,
                "seconds": _SECONDS,
            },
            subject="The formula",
            seconds=_SECONDS + 5,
        )
        if done["result"] is None:
            raise BlockError("The formula has no result")
        yield "result", done["result"]
