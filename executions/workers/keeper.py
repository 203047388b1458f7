"""What a worker process does beside its tasks: shows that it lives, and picks up work that got lost.

Started by Celery's signals; without Redis the tasks stay away, and this alone keeps runs going.
"""

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import psycopg
from celery.signals import celeryd_after_setup, worker_shutting_down
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.db.utils import InterfaceError, OperationalError, ProgrammingError

from database.sessions import connect_past_poolers
from executions import failpoints, serving
from executions.evaluation import progress
from executions.models import Worker
from executions.triggers import timers
from executions.workers import children, recovery, work
from executions.workers.slots import report_failure

logger = logging.getLogger(__name__)

_FOUND_AT_ONCE = 16
_SCHEDULES, _EVALUATIONS, _SLOTS = (UUID(int=number) for number in range(3))  # no ids of runs
_NOBODYS_QUEUE = "agentloom.aside"


class Keeper(threading.Thread):
    """One a process: beats, and looks for work every POLL_SECONDS."""

    def __init__(self) -> None:
        super().__init__(name="keeper", daemon=True)
        self._lock: psycopg.Connection | None = None
        self._lock_key = 0
        self._slots = work.open_slots()
        self._pool = ThreadPoolExecutor(_FOUND_AT_ONCE, thread_name_prefix="found")
        self._doing: set[UUID] = set()

    def run(self) -> None:
        """Beat until told to stop."""
        try:
            self._keep()
        finally:
            # By a fault. What a worker takes on without its keeper would get lost.
            if self._slots.is_open:
                os.kill(os.getpid(), signal.SIGTERM)

    def _keep(self) -> None:
        """A database that is away is waited for."""
        beats_per_poll = max(1, round(settings.POLL_SECONDS / settings.HEARTBEAT_SECONDS))
        beat = 0
        while self._slots.is_open or self._slots.held():
            try:
                self._beat()
                if self._slots.is_open:
                    self._recover(is_poll=beat % beats_per_poll == 0)
            except (OperationalError, InterfaceError, psycopg.Error) as error:
                logger.warning("The database does not answer (%s); trying again", error)
                self._lock = None
            except ProgrammingError:
                logger.exception("The tables are not those of this version: run `prepare` first")
                return
            finally:
                connection.close()
            beat += 1
            time.sleep(settings.HEARTBEAT_SECONDS)

    def stop(self) -> None:
        """Take no more work; go on beating for what runs."""
        self._slots.is_open = False

    def _beat(self) -> None:
        failpoints.hit("heartbeat.before")
        self._hold_lock()
        Worker.objects.update_or_create(
            id=work.WORKER_ID,
            defaults={"seen_at": Now(), "lock_key": self._lock_key},
            create_defaults={
                "seen_at": Now(),
                "host": socket.gethostname(),
                "pid": os.getpid(),
                "lock_key": self._lock_key,
            },
        )
        for held in work.keep_alive():
            self._pool.submit(work.time_out, held).add_done_callback(report_failure)
        failpoints.hit("heartbeat.after")

    def _hold_lock(self) -> None:
        """PostgreSQL frees the lock when this process dies, which tells the others at once."""
        if self._lock is not None:
            self._lock.execute("SELECT 1")
            return
        lock = connect_past_poolers()
        # A new key: where a cable was cut, PostgreSQL may take the former session for alive, and hold the former lock.
        self._lock_key = secrets.randbelow(2**31)
        lock.execute("SELECT pg_advisory_lock(%s, %s)", [recovery.LOCK_CLASS, self._lock_key])
        self._lock = lock

    def _recover(self, *, is_poll: bool) -> None:
        self._do(recovery.take_back_lost())
        self._do(recovery.release_due())
        # Not in this thread: a schedule with a fault must not keep the process from beating.
        self._submit(_SCHEDULES, lambda _: timers.fire_due())
        self._submit(_EVALUATIONS, lambda _: progress.go_on())
        if not serving.served().is_everything:
            # A wake-up may have come to a worker that does not serve its block.
            self._submit(_SLOTS, lambda _: work.fill_slots())
        if is_poll:
            children.stop_orphans()
            self._do(recovery.find_work(_FOUND_AT_ONCE))

    def _do(self, found: recovery.Found) -> None:
        for run_id in found.runs:
            self._submit(run_id, work.advance)
        for node_execution_id in found.nodes:
            self._submit(node_execution_id, lambda id_: work.run_nodes([id_]))

    def _submit(self, id_: UUID, do: Callable[[UUID], object]) -> None:
        if id_ not in self._doing and self._slots.is_open:
            self._doing.add(id_)
            self._pool.submit(self._guarded, id_, do).add_done_callback(report_failure)

    def _guarded(self, id_: UUID, do: Callable[[UUID], object]) -> None:
        try:
            do(id_)
        except (OperationalError, InterfaceError) as error:
            logger.warning("Work on %s was interrupted (%s); it will be found again", id_, error)
        finally:
            connection.close()
            self._doing.discard(id_)


_keepers: list[Keeper] = []


@celeryd_after_setup.connect
def start_keeper(**_: object) -> None:
    """A worker process is about to listen to Redis, for which it may have to wait."""
    keeper = Keeper()
    _keepers.append(keeper)
    keeper.start()


@celeryd_after_setup.connect
def leave_wake_ups(instance: Any, **_: object) -> None:
    """A worker that serves some classes alone leaves Redis to the others, and looks for its work at each heartbeat."""
    if not serving.served().is_default:
        instance.app.amqp.queues.select([_NOBODYS_QUEUE])


@worker_shutting_down.connect
def stop_keeper(**_: object) -> None:
    """The worker process was told to end."""
    for keeper in _keepers:
        keeper.stop()
