"""What a run gives back."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, Example, Kind, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register


@register
class GraphOutput(Block["GraphOutput.Input"]):
    id = "output_block"
    aliases = ("363ae599-353e-4804-937e-b2ee3cef3da4",)
    name = "Output"
    description = "Gives a value back as a result of the run, under a name."
    category = "output"
    kind = Kind.OUTPUT
    static_output = True

    class Input(Pins):
        value: Any = Field(default=None, description="The value to give back.")
        name: str = Field(min_length=1, description="The name of the result.")
        title: str | None = Field(default=None, description="A friendlier name for the page.")
        description: str | None = Field(default=None, description="What the result is.")
        format: str = Field(
            default="",
            description="A template for the result, such as: Dear {{ name_of_the_result }}.",
        )
        escape_html: bool = Field(
            default=False, description="Make the value safe to put in a web page."
        )
        advanced: bool = Field(default=False, description="Show it only among advanced results.")
        secret: bool = Field(default=False, description="Hide the value on the page.")

    class Output(Pins):
        output: Any = Field(description="The value; the filled template if there is one.")
        name: Any = Field(description="The name of the result; not sent with a template.")

    examples = (
        Example(
            given={"name": "summary", "value": "Short."},
            yields=[("output", "Short."), ("name", "summary")],
        ),
        Example(
            given={"name": "who", "value": "Ada", "format": "Hello {{ who }}!"},
            yields=[("output", "Hello Ada!")],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if not data.format:
            yield "output", data.value
            yield "name", data.name
            return
        # A name with spaces cannot be a variable, so the value also goes by "value".
        values = {"value": data.value, data.name: data.value}
        yield "output", ports.templates.render(data.format, values, escape_html=data.escape_html)
