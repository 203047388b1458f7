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
from executions.world import NodeContext

_TIMEOUT = 30.0  # seconds until a request to the sink is given up


class _Input(Pins):
    url: str = Field(default="", description="The sink, and what it shall do.")
    value: Any = Field(default=None, description="What is sent on.")


class _Output(Pins):
    value: Any = Field(description="What came in.")


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
            raise BlockError("The sink refused", retryable=True)
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
