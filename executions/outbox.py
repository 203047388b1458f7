"""Sends wake-ups and progress to Redis from threads of its own, so that no request or node waits for Redis.

Nothing here is needed for a run to end: workers poll the database, and watchers read the event log. So whatever
cannot be sent at once is dropped.
"""

import contextlib
import logging
import math
import queue
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from celery import current_app
from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from executions import measuring

logger = logging.getLogger(__name__)

_MAX_PENDING = 10_000
_COMPLAIN_EVERY = 10.0  # seconds
_PATIENCE = 5.0  # seconds for the messages that are sent together
_PAUSE = 1.0  # seconds without another try after Redis could not be reached

# A message costs more than most of what it asks for, so under load a few wake-ups share one.
_TOGETHER = 16
_APART = 0.01  # seconds between messages; the first one after a while goes at once

_wake_ups: queue.Queue[tuple[str, str]] = queue.Queue(_MAX_PENDING)  # (task, id)
# (group, message, when it was put here)
_messages: queue.Queue[tuple[str, dict[str, Any], float]] = queue.Queue(_MAX_PENDING)
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
                # Celery would spell out the ids for its monitors in every message.
                current_app.send_task(
                    task, kwargs={"ids": ids}, argsrepr="", kwargsrepr="", retry=False
                )
        except (OperationalError, RedisError, OSError) as error:
            logger.warning("A wake-up could not be sent (%s); workers will poll", error)
            _drop(_wake_ups)
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


def send_to_group(group: str, message: Mapping[str, Any], *, room: int = _MAX_PENDING) -> None:
    """Tell the members of a channel-layer group, unless `room` messages are on their way already."""
    _message_thread()
    if _messages.qsize() < room:
        with contextlib.suppress(queue.Full):
            _messages.put_nowait((group, dict(message), time.perf_counter()))


@cache
def _message_thread() -> threading.Thread:
    thread = threading.Thread(target=_send_messages, name="outbox-messages", daemon=True)
    thread.start()
    return thread


def _send_messages() -> None:
    client = Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=_PATIENCE,
        socket_connect_timeout=_PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
    while True:
        pending = [_messages.get()]
        while len(pending) < _TOGETHER and not _messages.empty():
            pending.append(_messages.get_nowait())
        try:
            _publish(client, pending)
        except RedisError as error:
            _complain(f"Watchers could not be told ({type(error).__name__}: {error})")
            _drop(_messages)


def _publish(client: Redis, pending: Sequence[tuple[str, dict[str, Any], float]]) -> None:
    """What `group_send` of the channel layer does, for all of them in one round trip and without an event loop."""
    layer = get_channel_layer()
    assert isinstance(layer, RedisPubSubChannelLayer)  # the settings name one
    with client.pipeline(transaction=False) as together:
        for group, message, _put_at in pending:
            together.publish(f"{settings.CHANNEL_PREFIX}__group__{group}", layer.serialize(message))
        together.execute()
    now = time.perf_counter()
    for _group, _message, put_at in pending:
        measuring.count("event_lag", seconds=now - put_at)


def _complain(sentence: str) -> None:
    """One warning now and then says as much as a thousand."""
    global _complained_at  # noqa: PLW0603 - once for the whole process
    if time.monotonic() - _complained_at > _COMPLAIN_EVERY:
        _complained_at = time.monotonic()
        logger.warning(sentence)


def _drop(pending: queue.Queue[Any]) -> None:
    """What could not be sent is old by now: workers poll, and watchers read the log."""
    time.sleep(_PAUSE)
    while not pending.empty():
        pending.get_nowait()
