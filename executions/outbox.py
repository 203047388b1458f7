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

# A message costs more than most of what it asks for, so under load a few wake-ups share one.
_TOGETHER = 16  # wake-ups in one message
_APART = 0.01  # seconds between messages; the first one after a while goes at once

_wake_ups: queue.Queue[tuple[str, str]] = queue.Queue(_MAX_PENDING)  # (task, id)
_pending_messages = 0
_complained_at = -math.inf


def send_wake_up(task: str, id_: str) -> None:
    """Wake a worker: the task is to look at this id."""
    _task_thread()
    try:
        _wake_ups.put_nowait((task, id_))
    except queue.Full:
        logger.warning("Too many wake-ups wait for Redis; workers will find the work by polling")


@cache
def _task_thread() -> threading.Thread:
    thread = threading.Thread(target=_send_wake_ups, name="outbox-tasks", daemon=True)
    thread.start()
    return thread


def _send_wake_ups() -> None:
    while True:
        try:
            for task, ids in _next_wake_ups().items():
                current_app.send_task(task, kwargs={"ids": ids}, retry=False)
        except (OperationalError, RedisError, OSError) as error:
            logger.warning("A wake-up could not be sent (%s); workers will poll", error)
            _drop_pending()
        time.sleep(_APART)


def _next_wake_ups() -> dict[str, list[str]]:
    """Wait for one, and take those that are there by then: {task: ids}."""
    ids: dict[str, list[str]] = {}
    task, id_ = _wake_ups.get()
    ids[task] = [id_]
    while sum(map(len, ids.values())) < _TOGETHER and not _wake_ups.empty():
        task, id_ = _wake_ups.get_nowait()
        ids.setdefault(task, []).append(id_)
    return ids


def _drop_pending() -> None:
    time.sleep(_PAUSE)
    while not _wake_ups.empty():
        _wake_ups.get_nowait()


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
