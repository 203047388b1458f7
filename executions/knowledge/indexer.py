"""Indexes documents in the background: a thread of each worker, which asks the database for work."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from celery.signals import celeryd_after_setup, worker_shutting_down
from django.conf import settings
from django.db.utils import InterfaceError, OperationalError

from executions.attempts.connections import freed
from executions.knowledge import indexing, services
from executions.knowledge.models import Document

logger = logging.getLogger(__name__)


class Indexer(threading.Thread):
    """One a process, one document at a time: so many cannot keep runs waiting."""

    def __init__(self) -> None:
        super().__init__(name="indexer", daemon=True)
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="indexing")

    def run(self) -> None:
        """Look for documents until told to stop."""
        while not self._stopped.wait(settings.POLL_SECONDS):
            # In a thread of the pool, so that a bug that ends it does not end this one.
            error = self._pool.submit(work_off, self._stopped).exception()
            if error:
                logger.error("Indexing failed", exc_info=error)

    def stop(self) -> None:
        """Take no more documents, and leave the one at hand to others."""
        self._stopped.set()


def work_off(stopped: threading.Event) -> None:
    """Index everything that is due."""
    try:
        with freed():
            while not stopped.is_set() and (document := indexing.claim()):
                index(document, stopped)
    except (OperationalError, InterfaceError) as error:
        logger.warning("The database is away (%s); documents are indexed later", error)


def index(document: Document, stopped: threading.Event) -> None:
    """Index a claimed document; its owner pays for the tokens."""
    with services.paid_by(document.collection.owner, stopped) as ports:
        indexing.index(document, ports)


_indexers: list[Indexer] = []


@celeryd_after_setup.connect
def start_indexer(**_: object) -> None:
    """A worker process has started."""
    indexer = Indexer()
    _indexers.append(indexer)
    indexer.start()


@worker_shutting_down.connect
def stop_indexer(**_: object) -> None:
    """The worker process was told to end."""
    for indexer in _indexers:
        indexer.stop()
