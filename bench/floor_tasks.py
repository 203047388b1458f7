"""The smallest Celery task that answers: what a wake-up costs at least."""

import os

import redis
from celery import Celery

REPLIES = "bench-replies"
_URL = os.environ["REDIS_URL"]

# Not the current app: in the measuring process that is the product's.
app = Celery("bench-floor", broker=_URL, set_as_current=False)
app.conf.update(
    task_default_queue="bench-floor",
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    broker_connection_retry_on_startup=True,
)
client = redis.Redis.from_url(_URL)


@app.task
def echo() -> None:
    client.rpush(REPLIES, b"1")


def round_trip(seconds: float) -> bool:
    """Send the task and wait for its answer; False when none came in time."""
    echo.apply_async()
    return client.blpop([REPLIES], timeout=seconds) is not None
