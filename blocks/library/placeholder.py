"""Stands for a block of another system that is not here."""

from collections.abc import Iterator

from pydantic import ConfigDict, Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register


@register
class Placeholder(Block["Placeholder.Input"]):
    id = "placeholder_block"
    name = "Placeholder"
    description = "Stands for a block that is not here, and keeps its values and links; replace it before it is needed."
    category = "basic"

    class Input(Pins):
        model_config = ConfigDict(extra="allow")

        stands_for: str = Field(
            default="",
            description="The block that was here; without one, what comes in is handed on pin by pin.",
        )

    class Output(Pins):
        model_config = ConfigDict(extra="allow")

    examples = (
        Example(
            given={"stands_for": "example.slack", "channel": "general"},
            error='"example.slack" is not here',
        ),
        Example(given={"text": "tea"}, yields=[("text", "tea")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if data.stands_for:
            raise BlockError(
                f'The block "{data.stands_for[:100]}" is not here; replace this node by others',
                code="placeholder",
            )
        yield from (data.model_extra or {}).items()
