"""Indexes documents in the background, one at a time in a worker: so many cannot keep runs waiting."""

import threading

from executions.attempts.connections import freed
from executions.background import in_every_worker
from executions.knowledge import indexing, services
from executions.knowledge.models import Document


def work_off(stopped: threading.Event) -> None:
    """Index everything that is due, until told to leave the document at hand to others."""
    with freed():
        while not stopped.is_set() and (document := indexing.claim()):
            index(document, stopped)


def index(document: Document, stopped: threading.Event) -> None:
    """Index a claimed document; its owner pays for the tokens."""
    with services.paid_by(document.collection.owner, stopped) as ports:
        indexing.index(document, ports)


in_every_worker("indexer", work_off)
