"""Spreads and sends in the background: a thread of each worker, which asks the database for work."""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import UUID

from celery.signals import celeryd_after_setup, worker_shutting_down
from django.conf import settings
from django.db.utils import InterfaceError, OperationalError

from executions.attempts.connections import freed
from executions.notifications import sending, spreading

logger = logging.getLogger(__name__)

SENDERS = 4  # that may wait for other servers at the same time


class Courier(threading.Thread):
    """One a process. What it does beside its rows, such as whom it sends to now, may be lost with it."""

    def __init__(self) -> None:
        super().__init__(name="courier", daemon=True)
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(SENDERS + 1, thread_name_prefix="courier")
        self._sending: list[Future[None]] = []
        self._busy: set[UUID] = set()  # users

    def run(self) -> None:
        """Look for work until told to stop."""
        while not self._stopped.wait(settings.POLL_SECONDS):
            # In a thread of the pool, so that a bug that ends it does not end this one.
            error = self._pool.submit(self._look).exception()
            if error:
                logger.error("Notifications could not be spread", exc_info=error)

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopped.set()

    def _look(self) -> None:
        try:
            with freed():
                while spreading.spread():
                    pass
                self._sending = [each for each in self._sending if not each.done()]
                due = sending.count_due(SENDERS - len(self._sending))
        except (OperationalError, InterfaceError) as error:
            logger.warning("The database is away (%s); notifications are sent later", error)
            return
        for _ in range(due):
            future = self._pool.submit(self._send_all)
            future.add_done_callback(_report)
            self._sending.append(future)

    def _send_all(self) -> None:
        while not self._stopped.is_set() and self._send_one():
            pass

    def _send_one(self) -> bool:
        with freed():
            dispatch = sending.claim([*self._busy])
        if dispatch is None:
            return False
        self._busy.add(dispatch.user_id)
        try:
            sending.send(dispatch)
        finally:
            self._busy.discard(dispatch.user_id)
        return True


def _report(done: Future[None]) -> None:
    if error := done.exception():
        logger.error("A notification could not be sent", exc_info=error)


_couriers: list[Courier] = []


@celeryd_after_setup.connect
def start_courier(**_: object) -> None:
    """A worker process has started."""
    courier = Courier()
    _couriers.append(courier)
    courier.start()


@worker_shutting_down.connect
def stop_courier(**_: object) -> None:
    """The worker process was told to end."""
    for courier in _couriers:
        courier.stop()
