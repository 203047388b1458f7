"""What a run is given: one block a kind of value, each asked for under its `name`."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from pydantic import Field

from blocks.base import Block, Example, Kind, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register


class InputPins(Pins):
    """The pins of every input block."""

    name: str = Field(min_length=1, description="The name under which a run is given this value.")
    value: Any = Field(default=None, description="The value when a run gives none.")
    title: str | None = Field(default=None, description="A friendlier name for the form.")
    description: str | None = Field(default=None, description="What to enter, shown in the form.")
    advanced: bool = Field(default=False, description="Show it only among the advanced inputs.")
    secret: bool = Field(default=False, description="Hide the value on the page.")


InputPinsT = TypeVar("InputPinsT", bound=InputPins)


class GraphInput(Block[InputPinsT], Generic[InputPinsT]):
    """Passes on the value that the run was given; with no value nothing is sent."""

    category = "input"
    kind = Kind.INPUT
    static_output = True

    def run(self, data: InputPinsT, ports: Ports) -> Iterator[PinValue]:
        if data.value is not None:
            yield "result", self.deliver(data)

    def deliver(self, data: InputPinsT) -> Any:
        """The value to send."""
        return data.value


class TextOutput(Pins):
    """The pin of the inputs that send text."""

    result: str = Field(description="The text that the run was given.")


@register
class AnyInput(GraphInput["AnyInput.Input"]):
    id = "input_block"
    aliases = ("c0a8e994-ebf1-4a9c-a4d8-89d09c86741b",)
    name = "Input"
    description = "Takes a value of any kind when the agent is run."

    class Input(InputPins):
        pass

    class Output(Pins):
        result: Any = Field(description="The value that the run was given.")

    examples = (
        Example(given={"name": "topic", "value": "tea"}, yields=[("result", "tea")]),
        Example(given={"name": "numbers", "value": [1, 2]}, yields=[("result", [1, 2])]),
        Example(given={"name": "optional"}, yields=[]),
    )


@register
class TextInput(GraphInput["TextInput.Input"]):
    id = "text_input_block"
    name = "Text input"
    description = "Takes text when the agent is run; the simplest way to start an agent."
    icon = "text-size"

    class Input(InputPins):
        name: str = Field(
            default="text",
            min_length=1,
            description="The name under which a run is given this text.",
        )
        value: str | None = Field(default=None, description="The text when a run gives none.")

    class Output(TextOutput):
        text: str = Field(description="The text that the run was given.")

    examples = (
        Example(given={"value": "Hello"}, yields=[("text", "Hello"), ("result", "Hello")]),
        Example(given={"name": "question"}, yields=[]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if data.value is not None:
            yield "text", data.value
            yield "result", data.value


@register
class ShortTextInput(GraphInput["ShortTextInput.Input"]):
    id = "short_text_input_block"
    aliases = ("7fcd3bcb-8e1b-4e69-903d-32d3d4a92158",)
    name = "Short text input"
    description = "Takes one line of text when the agent is run."
    icon = "text-size"

    class Input(InputPins):
        value: str | None = Field(
            default=None,
            description="The text when a run gives none.",
            json_schema_extra={"format": "short-text"},
        )

    class Output(TextOutput):
        pass

    examples = (
        Example(given={"name": "city", "value": "Oslo"}, yields=[("result", "Oslo")]),
        Example(given={"name": "code", "value": 42}, yields=[("result", "42")]),
    )


@register
class LongTextInput(GraphInput["LongTextInput.Input"]):
    id = "long_text_input_block"
    aliases = ("90a56ffb-7024-4b2b-ab50-e26c5e5ab8ba",)
    name = "Long text input"
    description = "Takes text of several lines when the agent is run."
    icon = "text-size"

    class Input(InputPins):
        value: str | None = Field(
            default=None,
            description="The text when a run gives none.",
            json_schema_extra={"format": "long-text"},
        )

    class Output(TextOutput):
        pass

    examples = (
        Example(
            given={"name": "letter", "value": "Dear reader,\n\nhello."},
            yields=[("result", "Dear reader,\n\nhello.")],
        ),
        Example(given={"name": "letter"}, yields=[]),
    )
