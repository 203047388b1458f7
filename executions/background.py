"""Threads of each worker process that ask the database for work beside the runs."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from celery.signals import celeryd_after_setup, worker_shutting_down
from django.conf import settings
from django.db.utils import InterfaceError, OperationalError

logger = logging.getLogger(__name__)

Look = Callable[[threading.Event], object]


class Background(threading.Thread):
    """Calls `look` every POLL_SECONDS, with what tells it to end."""

    def __init__(self, name: str, look: Look) -> None:
        super().__init__(name=name, daemon=True)
        self._stopped = threading.Event()
        self._look = look
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)

    def run(self) -> None:
        """Look for work until told to stop."""
        while not self._stopped.wait(settings.POLL_SECONDS):
            # In a thread of the pool, so that a bug that ends it does not end this one.
            error = self._pool.submit(self._look_once).exception()
            if error:
                logger.error("The thread %s has failed", self.name, exc_info=error)

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopped.set()

    def _look_once(self) -> None:
        try:
            self._look(self._stopped)
        except (OperationalError, InterfaceError) as error:
            logger.warning("The database is away (%s); %s goes on later", error, self.name)


_wanted: list[tuple[str, Look]] = []
_threads: list[Background] = []


def in_every_worker(name: str, look: Look, *, threads: int = 1) -> None:
    """Have so many threads of each worker process call `look`."""
    _wanted.extend([(name, look)] * threads)


@celeryd_after_setup.connect
def start(**_: object) -> None:
    """A worker process has started."""
    for name, look in _wanted:
        thread = Background(name, look)
        _threads.append(thread)
        thread.start()


@worker_shutting_down.connect
def stop(**_: object) -> None:
    """The worker process was told to end."""
    for thread in _threads:
        thread.stop()
