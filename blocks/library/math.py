"""Calculation."""

import math
import operator
from collections.abc import Callable, Iterator
from enum import StrEnum

from pydantic import Field, FiniteFloat

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register

Number = int | float

_TOO_LARGE = "The result is too large"
# Up to here every whole number has a floating point number of its own, in every program.
_EXACT = 2**53


class Operation(StrEnum):
    """What to do with two numbers."""

    ADD = "Add"
    SUBTRACT = "Subtract"
    MULTIPLY = "Multiply"
    DIVIDE = "Divide"
    POWER = "Power"


def _power(base: Number, exponent: Number) -> Number:
    # Whole numbers grow without end, so floating point numbers tell first whether there is an end.
    estimate = float(base) ** exponent
    if isinstance(estimate, complex):
        raise BlockError("The root of a negative number is not a number")
    is_whole = isinstance(base, int) and isinstance(exponent, int) and exponent >= 0
    return base**exponent if is_whole and math.isfinite(estimate) else estimate


_CALCULATE: dict[Operation, Callable[[Number, Number], Number]] = {
    Operation.ADD: operator.add,
    Operation.SUBTRACT: operator.sub,
    Operation.MULTIPLY: operator.mul,
    Operation.DIVIDE: operator.truediv,
    Operation.POWER: _power,
}


def _calculate(operation: Operation, a: Number, b: Number) -> Number:
    try:
        result = _CALCULATE[operation](a, b)
        is_finite = math.isfinite(result)
    except ZeroDivisionError:
        raise BlockError("Division by zero has no result") from None
    except OverflowError:
        raise BlockError(_TOO_LARGE) from None
    if not is_finite:
        raise BlockError(_TOO_LARGE)
    is_whole = isinstance(result, int) or result.is_integer()
    return int(result) if is_whole and abs(result) <= _EXACT else float(result)


@register
class Calculator(Block["Calculator.Input"]):
    id = "calculator_block"
    aliases = ("b1ab9b19-67a6-406d-abf5-2dba76d00c79",)
    name = "Calculator"
    description = "Calculates with two numbers."
    category = "math"
    icon = "calculator"

    class Input(Pins):
        operation: Operation = Field(description="What to do with the numbers.")
        a: int | FiniteFloat = Field(description="The first number.")
        b: int | FiniteFloat = Field(description="The second number.")
        round_result: bool = Field(default=False, description="Round the result to a whole number.")

    class Output(Pins):
        result: int | float = Field(description="The result.")

    examples = (
        Example(given={"operation": "Add", "a": 2, "b": "3"}, yields=[("result", 5)]),
        Example(given={"operation": "Divide", "a": 1, "b": 8}, yields=[("result", 0.125)]),
        Example(given={"operation": "Power", "a": 2, "b": 10}, yields=[("result", 1024)]),
        Example(
            given={"operation": "Multiply", "a": 2.6, "b": 1, "round_result": True},
            yields=[("result", 3)],
        ),
        Example(given={"operation": "Divide", "a": 1, "b": 0}, error="Division by zero"),
        Example(given={"operation": "Add", "a": "abc", "b": 1}, error='Pin "a" got the text "abc"'),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        result = _calculate(data.operation, data.a, data.b)
        yield "result", round(result) if data.round_result else result
