"""The input of a graph that a webhook starts."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, Example, Kind, Pins, PinValue
from blocks.library.llm import DEPRECATED
from blocks.ports import Ports
from blocks.registry import register


@register
class WebhookTrigger(Block["WebhookTrigger.Input"]):
    id = "webhook_trigger_block"
    aliases = ("8fa8c167-2002-47ce-aba8-97572fc5d387",)
    name = "Webhook trigger"
    description = "Takes what a webhook of the graph was sent."
    category = "input"
    kind = Kind.INPUT

    class Input(Pins):
        name: str = Field(
            default="payload",
            min_length=1,
            description="The name under which a run that no webhook starts is given the payload.",
        )
        value: dict[str, Any] | None = Field(
            default=None, description="The payload when a run is given none."
        )
        payload: dict[str, Any] = Field(
            default={},
            description="The same, as graphs of other platforms call it.",
            json_schema_extra=DEPRECATED,
        )
        constants: dict[str, Any] = Field(
            default={}, description="What is sent along with every payload."
        )

    class Output(Pins):
        payload: dict[str, Any] = Field(description="The body of the request.")
        constants: dict[str, Any] = Field(description="What is always the same.")

    examples = (
        Example(
            given={"value": {"order": 7}, "constants": {"shop": "north"}},
            yields=[("payload", {"order": 7}), ("constants", {"shop": "north"})],
        ),
        Example(
            given={"payload": {"order": 7}}, yields=[("payload", {"order": 7}), ("constants", {})]
        ),
        Example(given={"name": "order"}, yields=[]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        payload = data.value if data.value is not None else data.payload or None
        if payload is not None:
            yield "payload", payload
            yield "constants", data.constants
