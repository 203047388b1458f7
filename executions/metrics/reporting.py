"""What each process hands on every few seconds: what it has counted, and how it is doing."""

import logging
import os
import platform
import threading
import time
from functools import cache
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from celery.signals import beat_init, celeryd_after_setup
from django.conf import settings
from django.core.cache import cache as redis_cache
from django.db import connection, connections
from django.db.models.functions import Now
from django.db.utils import InterfaceError, OperationalError, ProgrammingError
from redis.exceptions import RedisError

from database import statements
from executions import measuring
from executions.metrics import totals
from executions.metrics.standing import CLOCK_SKEW, KEYS
from executions.models import Process
from executions.rows import tallies
from executions.workers import work

logger = logging.getLogger(__name__)

PROCESS_ID = uuid4()
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@cache
def start(kind: Process.Kind) -> threading.Thread | None:
    """Report from now on, from a thread of its own; once a process."""
    if not settings.REPORT_SECONDS:
        return None
    thread = threading.Thread(target=_report_for_ever, args=[kind], name="report", daemon=True)
    thread.start()
    return thread


@celeryd_after_setup.connect
def _start_in_worker(**_: object) -> None:
    start(Process.Kind.WORKER)


@beat_init.connect
def _start_in_scheduler(**_: object) -> None:
    start(Process.Kind.SCHEDULER)


def _report_for_ever(kind: Process.Kind) -> None:
    pause = threading.Event()
    while not pause.wait(settings.REPORT_SECONDS):
        try:
            report(kind)
        except (OperationalError, InterfaceError, ProgrammingError) as error:
            logger.warning("Metrics wait until the database is back, with its tables (%s)", error)
        finally:
            connection.close()


def report(kind: Process.Kind) -> None:
    """Write down what this process has counted and how it is doing, and sum up what all have counted."""
    counted = measuring.take()
    try:
        if counted:
            statements.run(tallies.insertion(counted))
    except (OperationalError, InterfaceError):
        measuring.give_back(counted)
        raise
    said = {"seen_at": Now(), "gauges": _gauges(kind)}
    if not Process.objects.filter(pk=PROCESS_ID).update(**said):
        place = {"host": platform.node(), "pid": os.getpid(), "version": settings.VERSION}
        Process.objects.create(id=PROCESS_ID, kind=kind, **place, **said)
    totals.fold()


def _gauges(kind: Process.Kind) -> dict[str, float]:
    stats = connections["default"].pool.get_stats()  # type: ignore[attr-defined]  # of PostgreSQL's
    gauges = {
        "agentloom_database_pool_size": stats.get("pool_size", 0),
        "agentloom_database_pool_available": stats.get("pool_available", 0),
        "agentloom_database_pool_waiting": stats.get("requests_waiting", 0),
        "agentloom_redis_up": float(_redis_answers()),
        "agentloom_resident_memory_bytes": _resident_bytes(),
        CLOCK_SKEW: _clock_skew(),
        KEYS: _fingerprint(),
    }
    if kind is Process.Kind.WORKER:
        gauges |= {
            "agentloom_slots": settings.WORKER_SLOTS,
            "agentloom_slots_used": work.slots_used(),
        }
    return gauges


def _fingerprint() -> int:
    """Tells whether two processes have the same keys, and nothing else of them."""
    keys = "\n".join([settings.SECRET_KEY, *settings.CREDENTIAL_KEYS])
    return int.from_bytes(sha256(keys.encode()).digest()[:3])


def _clock_skew() -> float:
    """Seconds between the clock of this machine and that of the database, whichever is ahead."""
    before = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float")
        there: float = cursor.fetchone()[0]
    return max(0.0, before - there, there - time.time())


def _redis_answers() -> bool:
    try:
        redis_cache.get("report")
    except RedisError:
        return False
    return True


def _resident_bytes() -> int:
    """Of this process, as Linux counts them; 0 where that is not told."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES
    except OSError:
        return 0
