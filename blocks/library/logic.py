"""Branches: blocks that send a value one way or the other."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, Example, Pins, PinValue
from blocks.library.comparison import Comparison, holds
from blocks.library.identity import identity
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import as_text, from_json, number_in


class BranchOutput(Pins):
    """The pins of every yes/no block."""

    result: bool = Field(description="True when the condition holds.")
    yes_output: Any = Field(description="The yes value; only sent when the condition holds.")
    no_output: Any = Field(description="The no value; only sent when it does not hold.")


def branch(*, condition: bool, yes: Any, no: Any) -> Iterator[PinValue]:
    """Send the answer and the value of the side that it picks."""
    yield "result", condition
    yield ("yes_output", yes) if condition else ("no_output", no)


@register
class Condition(Block["Condition.Input"]):
    id = "condition_block"
    aliases = ("715696a0-e1da-45c8-b209-c2fa9c3b0be6",)
    name = "Condition"
    description = "Compares two values and sends a value one way or the other."
    category = "logic"
    icon = "git-branch"

    class Input(Pins):
        value1: Any = Field(description="The first value. Text such as 5 counts as a number.")
        operator: Comparison = Field(description="How to compare the first with the second.")
        value2: Any = Field(description="The second value.")
        yes_value: Any = Field(
            default=None, description="Sent when the condition holds; the first value if empty."
        )
        no_value: Any = Field(
            default=None, description="Sent when it does not hold; the second value if empty."
        )

    class Output(BranchOutput):
        pass

    examples = (
        Example(
            given={"value1": 10, "operator": ">", "value2": "5"},
            yields=[("result", True), ("yes_output", 10)],
        ),
        Example(
            given={"value1": "a", "operator": "==", "value2": "b", "no_value": "different"},
            yields=[("result", False), ("no_output", "different")],
        ),
        Example(given={"value1": [1], "operator": ">", "value2": 3}, error="cannot be compared"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield from branch(
            condition=holds(data.value1, data.operator, data.value2),
            yes=data.value1 if data.yes_value is None else data.yes_value,
            no=data.value2 if data.no_value is None else data.no_value,
        )


@register
class IfInputMatches(Block["IfInputMatches.Input"]):
    id = "if_input_matches_block"
    aliases = ("6dbbc4b3-ca6c-42b6-b508-da52d23e13f2",)
    name = "If input matches"
    description = "Sends a value one way when an input equals a certain value, else the other way."
    category = "logic"
    icon = "git-branch"

    class Input(Pins):
        input: Any = Field(description="The value to check.")
        value: Any = Field(description="The value to match; converted to the kind of the input.")
        yes_value: Any = Field(default=None, description="Sent on a match; the input if empty.")
        no_value: Any = Field(default=None, description="Sent otherwise; the input if empty.")

    class Output(BranchOutput):
        pass

    examples = (
        Example(
            given={"input": 10, "value": "10", "yes_value": "same"},
            yields=[("result", True), ("yes_output", "same")],
        ),
        Example(given={"input": "a", "value": "b"}, yields=[("result", False), ("no_output", "a")]),
        Example(
            given={"input": [1], "value": "[1]"}, yields=[("result", True), ("yes_output", [1])]
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield from branch(
            condition=identity(data.input) == identity(_as_kind_of(data.input, data.value)),
            yes=data.input if data.yes_value is None else data.yes_value,
            no=data.input if data.no_value is None else data.no_value,
        )


def _as_kind_of(example: Any, value: Any) -> Any:
    """The value in the kind of the example where it spells one, else unchanged."""
    if isinstance(example, str):
        return as_text(value)
    if not isinstance(value, str):
        return value
    number = number_in(value)
    if isinstance(example, int | float) and not isinstance(example, bool) and number is not None:
        return number
    try:
        return from_json(value.strip().lower() if isinstance(example, bool) else value)
    except ValueError:
        return value
