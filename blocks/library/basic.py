"""Small things that every agent needs: notes, stored values, printing."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, Example, Kind, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import as_text


@register
class Note(Block["Note.Input"]):
    id = "note_block"
    aliases = ("cc10ff7b-7753-4ff2-9af6-9399b1a7eddc",)
    name = "Note"
    description = "Keeps a remark beside the other blocks; it never runs."
    category = "basic"
    icon = "note"
    kind = Kind.NOTE

    class Input(Pins):
        text: str = Field(description="The remark.")

    class Output(Pins):
        output: str = Field(description="The remark.")

    examples = (
        Example(given={"text": "Check this."}, yields=[("output", "Check this.")]),
        Example(given={"text": ""}, yields=[("output", "")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "output", data.text


@register
class StoreValue(Block["StoreValue.Input"]):
    id = "store_value_block"
    aliases = ("1ff065e9-88e8-4358-9d82-8dc91f622ba9",)
    name = "Store value"
    description = "Keeps a value so that later steps can use it any number of times."
    category = "basic"
    icon = "box"
    static_output = True

    class Input(Pins):
        input: Any = Field(description="Starts the block; also the value when there is no other.")
        data: Any = Field(default=None, description="The value to keep.")

    class Output(Pins):
        output: Any = Field(description="The kept value.")

    examples = (
        Example(given={"input": "go", "data": [1, 2]}, yields=[("output", [1, 2])]),
        Example(given={"input": "go", "data": 0}, yields=[("output", 0)]),
        Example(given={"input": "go"}, yields=[("output", "go")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "output", data.input if data.data is None else data.data


@register
class PrintToConsole(Block["PrintToConsole.Input"]):
    id = "print_to_console_block"
    aliases = ("f3b1c1b2-4c4f-4f0d-8d2f-4c4f0d8d2f4c",)
    name = "Print to console"
    description = "Shows a value to whoever watches the run and passes it on."
    category = "basic"
    icon = "terminal-2"

    class Input(Pins):
        text: Any = Field(description="The value to show.")

    class Output(Pins):
        output: Any = Field(description="The value, unchanged.")
        status: str = Field(description='"printed" once it was shown.')

    examples = (
        Example(given={"text": "Hello"}, yields=[("output", "Hello"), ("status", "printed")]),
        Example(given={"text": {"a": 1}}, yields=[("output", {"a": 1}), ("status", "printed")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        ports.run.stream(as_text(data.text))
        yield "output", data.text
        yield "status", "printed"
