"""How long a text takes to read."""

from collections.abc import Iterator

from pydantic import Field

from blocks.base import Block, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register


@register
class ReadingTime(Block["ReadingTime.Input"]):
    id = "reading_time_block"
    name = "Reading time"
    description = "Says how many minutes a text takes to read."
    category = "text"

    class Input(Pins):
        text: str = Field(description="The text.")
        words_per_minute: int = Field(default=200, ge=1, description="How fast the reader is.")

    class Output(Pins):
        minutes: float = Field(description="The time in minutes.")

    examples = (
        Example(given={"text": "tea " * 100}, yields=[("minutes", 0.5)]),
        Example(given={"text": "tea", "words_per_minute": 0}, error="a number of 1 or more"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "minutes", len(data.text.split()) / data.words_per_minute
