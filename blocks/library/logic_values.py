"""Decisions over values: true and false together, empty or not, which kind, what a text has in it."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any

from pydantic import Field

from blocks.base import Block, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import kind_of


class Junction(StrEnum):
    """How many of the values must be true."""

    ALL = "all"
    ANY = "any"
    NONE = "none"
    ONE = "exactly one"


_JOIN: dict[Junction, Callable[[Sequence[bool]], bool]] = {
    Junction.ALL: all,
    Junction.ANY: any,
    Junction.NONE: lambda values: not any(values),
    Junction.ONE: lambda values: sum(values) == 1,
}


@register
class CombineConditions(Block["CombineConditions.Input"]):
    id = "combine_conditions_block"
    name = "Combine conditions"
    description = "Says whether all, any, none or exactly one of several conditions are true."
    category = "logic"

    class Input(Pins):
        values: list[bool] = Field(description="The conditions.")
        operation: Junction = Field(
            default=Junction.ALL, description="How many of them must be true."
        )

    class Output(Pins):
        result: bool = Field(description="Whether that many are true.")

    examples = (
        Example(given={"values": [True, False]}, yields=[("result", False)]),
        Example(given={"values": [True, "false"], "operation": "any"}, yields=[("result", True)]),
        Example(given={"values": [True], "operation": "none"}, yields=[("result", False)]),
        Example(given={"values": ["maybe"]}, error="true or false is needed"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "result", _JOIN[data.operation](data.values)


def is_blank(value: Any) -> bool:
    """Whether the value says nothing: null, blank text, an empty list or dictionary."""
    return value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())


@register
class IsEmpty(Block["IsEmpty.Input"]):
    id = "is_empty_block"
    name = "Is it empty?"
    description = (
        "Sends a value one way when it says something, the other way when it is null, "
        "blank text, or an empty list or dictionary."
    )
    category = "logic"

    class Input(Pins):
        value: Any = Field(description="The value.")

    class Output(Pins):
        result: bool = Field(description="Whether it is empty.")
        filled: Any = Field(description="The value; only sent when it says something.")
        empty: Any = Field(description="The value; only sent when it is empty.")

    examples = (
        Example(given={"value": 0}, yields=[("result", False), ("filled", 0)]),
        Example(given={"value": "  "}, yields=[("result", True), ("empty", "  ")]),
        Example(given={"value": []}, yields=[("result", True), ("empty", [])]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        result = is_blank(data.value)
        yield "result", result
        yield "empty" if result else "filled", data.value


@register
class FirstFilled(Block["FirstFilled.Input"]):
    id = "first_filled_block"
    name = "Value or default"
    description = "Sends the first value that is not empty, or a default when all are."
    category = "logic"

    class Input(Pins):
        values: list[Any] = Field(description="The values to try, in order.")
        default: Any = Field(default=None, description="What to send when all are empty.")

    class Output(Pins):
        value: Any = Field(description="The value.")

    examples = (
        Example(given={"values": [None, "", "tea", "milk"]}, yields=[("value", "tea")]),
        Example(given={"values": [None], "default": "water"}, yields=[("value", "water")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "value", next((each for each in data.values if not is_blank(each)), data.default)


@register
class KindOfValue(Block["KindOfValue.Input"]):
    id = "kind_of_value_block"
    name = "Kind of value"
    description = "Says what a value is: text, number, boolean, list, dictionary or nothing."
    category = "logic"

    class Input(Pins):
        value: Any = Field(description="The value.")

    class Output(Pins):
        kind: str = Field(description="Its kind.")

    examples = (
        Example(given={"value": "5"}, yields=[("kind", "text")]),
        Example(given={"value": True}, yields=[("kind", "boolean")]),
        Example(given={"value": None}, yields=[("kind", "nothing")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "kind", "boolean" if isinstance(data.value, bool) else kind_of(data.value)


class TextTest(StrEnum):
    """What is asked of a text."""

    CONTAINS = "contains"
    STARTS = "starts with"
    ENDS = "ends with"
    EQUALS = "equals"


_TESTS: dict[TextTest, Callable[[str, str], bool]] = {
    TextTest.CONTAINS: lambda text, part: part in text,
    TextTest.STARTS: str.startswith,
    TextTest.ENDS: str.endswith,
    TextTest.EQUALS: str.__eq__,
}


@register
class CheckText(Block["CheckText.Input"]):
    id = "check_text_block"
    name = "Check text"
    description = (
        "Sends data one way when a text contains, begins with, ends with or equals another."
    )
    category = "logic"
    icon = "regex"

    class Input(Pins):
        text: str = Field(description="The text.")
        test: TextTest = Field(default=TextTest.CONTAINS, description="What to ask of the text.")
        part: str = Field(description="The other text.")
        data: Any = Field(default=None, description="What to send on; nothing: the text itself.")
        case_sensitive: bool = Field(
            default=False, description="Tell capital letters from small ones."
        )

    class Output(Pins):
        result: bool = Field(description="Whether it is so.")
        positive: Any = Field(description="The data; sent when it is so.")
        negative: Any = Field(description="The data; sent when it is not.")

    examples = (
        Example(
            given={"text": "Invoice 7", "part": "invoice"},
            yields=[("result", True), ("positive", "Invoice 7")],
        ),
        Example(
            given={"text": "a.csv", "test": "ends with", "part": ".pdf", "data": 1},
            yields=[("result", False), ("negative", 1)],
        ),
        Example(given={"text": "a", "part": "a", "test": "rhymes"}, error="one of"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        text, part = data.text, data.part
        if not data.case_sensitive:
            text, part = text.casefold(), part.casefold()
        result = _TESTS[data.test](text, part)
        yield "result", result
        yield "positive" if result else "negative", data.text if data.data is None else data.data
