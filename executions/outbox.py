"""Sends wake-ups and progress to Redis from threads of its own, so that no request or node waits for Redis.

Nothing here is needed for a run to end: workers poll the database, and watchers read the event log. So whatever
cannot be sent at once is dropped.
"""

import asyncio
import logging
import math
import queue
import threading
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

from celery import current_app
from channels.layers import get_channel_layer
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

_MAX_PENDING = 10_000
_COMPLAIN_EVERY = 10.0  # seconds
_PATIENCE = 5.0  # seconds for one message
_PAUSE = 1.0  # seconds without another try after Redis could not be reached

_tasks: queue.Queue[tuple[str, dict[str, str]]] = queue.Queue(_MAX_PENDING)
_pending_messages = 0
_complained_at = -math.inf


def send_task(name: str, **arguments: str) -> None:
    """Wake a worker."""
    _task_thread()
    try:
        _tasks.put_nowait((name, arguments))
    except queue.Full:
        logger.warning("Too many wake-ups wait for Redis; workers will find the work by polling")


@cache
def _task_thread() -> threading.Thread:
    thread = threading.Thread(target=_send_tasks, name="outbox-tasks", daemon=True)
    thread.start()
    return thread


def _send_tasks() -> None:
    while True:
        name, arguments = _tasks.get()
        try:
            current_app.send_task(name, kwargs=arguments, retry=False)
        except (OperationalError, RedisError, OSError) as error:
            logger.warning("A wake-up could not be sent (%s); workers will poll", error)
            _drop_pending()


def _drop_pending() -> None:
    time.sleep(_PAUSE)
    while not _tasks.empty():
        _tasks.get_nowait()


def send_to_group(group: str, message: Mapping[str, Any], *, room: int = _MAX_PENDING) -> None:
    """Tell the members of a channel-layer group, unless `room` messages are on their way already."""
    global _pending_messages  # noqa: PLW0603 - a bound for the whole process
    if _pending_messages >= room:
        return
    _pending_messages += 1
    asyncio.run_coroutine_threadsafe(_send(group, dict(message)), _loop())


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="outbox-events", daemon=True).start()
    return loop


def _complain(sentence: str) -> None:
    """One warning now and then says as much as a thousand."""
    global _complained_at  # noqa: PLW0603 - see above
    if time.monotonic() - _complained_at > _COMPLAIN_EVERY:
        _complained_at = time.monotonic()
        logger.warning(sentence)


async def _send(group: str, message: dict[str, Any]) -> None:
    global _pending_messages  # noqa: PLW0603 - see above
    layer = get_channel_layer()
    assert layer is not None  # the settings name one
    try:
        async with asyncio.timeout(_PATIENCE):
            await layer.group_send(group, message)
    except (RedisError, OSError, TimeoutError) as error:
        _complain(f"Watchers of {group} could not be told ({type(error).__name__}: {error})")
    finally:
        _pending_messages -= 1
