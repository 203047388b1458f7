"""Follows a run to its end for a client that waits: woken by the channel layer, and looking by itself now and then."""

import asyncio
import time
from collections.abc import AsyncIterator, Container, Mapping
from types import TracebackType
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer
from django.conf import settings
from redis.exceptions import RedisError

from executions import events
from executions.engine.status import Status
from executions.engine.values import load
from executions.live import watching
from executions.live.watching import EventRow
from executions.models import Event

_JOIN_SECONDS = 1.0


class _Ear:
    """Hears that something was committed for a run; without Redis it only sleeps."""

    def __init__(self, execution_id: UUID) -> None:
        self._group = events.execution_group(execution_id)
        layer = get_channel_layer()
        assert layer  # the settings name one
        self._layer = layer
        self._channel = ""

    async def __aenter__(self) -> "_Ear":
        try:
            async with asyncio.timeout(_JOIN_SECONDS):
                channel = await self._layer.new_channel()
                await self._layer.group_add(self._group, channel)
        except (RedisError, OSError):  # a timeout is one, too
            return self
        self._channel = channel
        return self

    async def __aexit__(
        self, cls: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._channel:
            await self._layer.group_discard(self._group, self._channel)

    async def listen(self, seconds: float) -> Mapping[str, Any]:
        """What was heard when there may be something new; nothing after so many seconds."""
        if not self._channel:
            await asyncio.sleep(seconds)
            return {}
        try:
            async with asyncio.timeout(seconds):
                heard: Mapping[str, Any] = await self._layer.receive(self._channel)
                return heard
        except TimeoutError:
            return {}


async def follow(
    execution_id: UUID, *, after_seq: int, seconds: float
) -> AsyncIterator[EventRow | None]:
    """The events of a run after this number, up to its end or for so many seconds; None while there is nothing new.

    Between two looks it holds no connection of the database.
    """
    until = time.monotonic() + seconds
    async with _Ear(execution_id) as ear:
        while True:
            rows = await watching.events_after(execution_id, after_seq)
            for row in rows:
                after_seq = row["seq"]
                yield row
                if is_end(row):
                    return
            left = until - time.monotonic()
            if left <= 0:
                return
            if not rows:
                yield None
                await ear.listen(min(left, settings.POLL_SECONDS))


async def wait_for_end(execution_id: UUID, seconds: float) -> None:
    """Return when the run has ended, after so many seconds at the latest."""
    async for _ in follow(execution_id, after_seq=0, seconds=seconds):
        pass


async def follow_texts(
    execution_id: UUID, writers: Container[str], *, seconds: float
) -> AsyncIterator[str]:
    """What these nodes write, as they write it, to the end of the run or for so many seconds.

    What they have written before is not told again, and nothing is told while Redis is away.
    """
    until = time.monotonic() + seconds
    after_seq = 0
    heard: Mapping[str, Any] = {}
    async with _Ear(execution_id) as ear:
        while (left := until - time.monotonic()) > 0:
            if heard.get("type") != "execution.stream":
                rows = await watching.events_after(execution_id, after_seq)
                if any(is_end(row) for row in rows):
                    return
                after_seq = rows[-1]["seq"] if rows else after_seq
            elif heard["node_id"] in writers:
                yield heard["text"]
            heard = await ear.listen(min(left, settings.POLL_SECONDS))


def is_end(row: EventRow) -> bool:
    """Whether an event says that the run is over."""
    is_of_run: bool = row["kind"] == Event.Kind.EXECUTION
    return is_of_run and Status(load(row["data"])["status"]).is_final
