"""Blocks that tell the sink what they do. Whoever imports this module has them in the catalogue."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register
from chaos.sink import Entry
from executions.attempts.world import NodeContext

_TIMEOUT = 30.0  # seconds until a request to the sink is given up


class _Input(Pins):
    url: str = Field(default="", description="The sink, and what it shall do.")
    value: Any = Field(default=None, description="What is sent on.")


class _Output(Pins):
    value: Any = Field(description="What came in.")


@register
class Step(Block["Step.Input"]):
    """Waits for what is linked to it and sends a value on: its own, if it has one."""

    id, name, category = "step_in_chaos", "Step", "test"
    description = "Sends a value on."

    class Input(Pins):
        value: Any = Field(default=None, description="What is sent on.")
        becomes: Any = Field(default=None, description="What is sent in its place.")
        all: list[Any] = Field(default=[], description="What is sent where there is no value.")

    Output = _Output

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "value", next(v for v in (data.becomes, data.value, data.all) if v is not None)


class _Reports(Block[_Input]):
    description = "Has an effect on the sink."
    category = "test"
    Input = _Input
    Output = _Output

    def run(self, data: _Input, ports: Ports) -> Iterator[PinValue]:
        context = ports.run
        assert isinstance(context, NodeContext)  # the port does not tell whose attempt this is
        entry = Entry(str(context.execution_id), str(context.id), context.idempotency_key, self.id)
        content = json.dumps(asdict(entry)).encode()
        reply = ports.http.request("POST", data.url, content=content, timeout=_TIMEOUT)
        if reply.status != 200:
            raise BlockError("The sink refused", retryable=reply.status == 503)
        yield "value", data.value


@register
class Idempotent(_Reports):
    """Tried again after a crash, with the same key."""

    id, name, effect = "chaos_idempotent", "Idempotent effect", Effect.IDEMPOTENT


@register
class AtMostOnce(_Reports):
    """Never tried again once it may have happened."""

    id, name, effect = "chaos_at_most_once", "Effect at most once", Effect.AT_MOST_ONCE


@register
class Paid(_Reports):
    """Costs something."""

    id, name, effect, cost = "chaos_paid", "Paid effect", Effect.IDEMPOTENT, 3


@register
class Join(Block[_Input]):
    """Pure."""

    id, name, description, category = "chaos_join", "Join", "Sends on what came.", "test"
    Input = _Input
    Output = _Output

    def run(self, data: _Input, ports: Ports) -> Iterator[PinValue]:
        """Send it on."""
        yield "value", data.value
