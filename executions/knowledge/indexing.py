"""From a document to passages with vectors, in steps that are rows: who is killed between two is taken over from.

Rule 1: whoever works on a document has claimed it, with a fence and a lease; who comes too late changes nothing.
Rule 2: a passage without a vector is work to do. What has one is not embedded again.
Rule 3: nothing holds a database connection while a model or a server is waited for.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from blocks.base import BlockError
from blocks.credentials import Secret
from blocks.library.document_text import text_of, tidied, unreadable
from blocks.library.media import read_media
from blocks.ports import Llm, Ports, RunContext
from executions.attempts.connections import freed
from executions.knowledge import cutting, own_accounts, vectors
from executions.knowledge.models import Collection, Document, DocumentStatus, Passage

LEASE = timedelta(minutes=2)  # longer than a model takes for a batch
MAX_ATTEMPTS = 3
_BATCH = 50  # passages in one question
_INTERRUPTED = "Indexing was interrupted again and again"
_PAUSE = timedelta(seconds=20)  # before another attempt, times their number


class LostError(BlockError):
    """Somebody else has the document now."""

    def __init__(self) -> None:
        super().__init__(
            "This document is changed elsewhere now", code="knowledge_busy", retryable=True
        )


@transaction.atomic
def claim(document_id: UUID | None = None) -> Document | None:
    """Take a document that is to be indexed, this one if it is named; None when there is none."""
    due = Document.objects.due().select_for_update(skip_locked=True, of=("self",), no_key=True)
    document = (due.filter(pk=document_id) if document_id else due).first()
    if document is None:
        return None
    if document.attempts >= MAX_ATTEMPTS:
        _change(document, status=DocumentStatus.FAILED, error=_INTERRUPTED, attempts=0)
        return None
    return taken(document)


def taken(document: Document) -> Document:
    """The document, with a fence and a lease of the caller's own; its row is locked."""
    _change(
        document,
        fence=document.fence + 1,
        attempts=document.attempts + 1,
        lease_until=Now() + LEASE,
    )
    document.refresh_from_db()
    return document


def index(document: Document, ports: Ports) -> None:
    """Bring a claimed document to its end. Whoever takes it over meanwhile goes on."""
    try:
        if document.status == DocumentStatus.QUEUED:
            take_in(document, document.text or _text_from(document.source, ports))
        embed(document, ports.llm, ports.run)
    except LostError:
        return
    except BlockError as error:
        _give_up(document, error, is_stopped=ports.run.is_cancelled())


def _text_from(source: str, ports: Ports) -> str:
    return text_of(read_media(source, ports), ports.sandbox)


def take_in(document: Document, text: str) -> None:
    """Cut the text into passages, unless it is the one that they are from. Raises `BlockError`."""
    text = tidied(text)
    pieces = list(cutting.cut(text))
    if not pieces:
        raise unreadable("There is no text in the document")
    digest = hashlib.sha256(text.encode()).hexdigest()
    with freed(), transaction.atomic():
        held = _hold(document)
        if held.sha256 != digest or not held.passage_count:
            held.passages.all().delete()
            _require_room(held, len(pieces))
            Passage.objects.bulk_create(
                (
                    Passage(document=held, position=number, heading=piece.heading, text=piece.text)
                    for number, piece in enumerate(pieces)
                ),
                batch_size=500,
            )
            held.version += 1
        held.sha256, held.size, held.passage_count = digest, len(text), len(pieces)
        held.status, held.text, held.error = DocumentStatus.EMBEDDING, "", ""
        held.save()


def _require_room(document: Document, count: int) -> None:
    owner = document.collection.owner_id
    others = Passage.objects.filter(document__collection__owner=owner).count()
    if others + count > settings.KNOWLEDGE_PASSAGES:
        raise BlockError(
            f"Your collections may have {settings.KNOWLEDGE_PASSAGES:,} passages together;"
            f" this document has {count:,} and {others:,} are there. Delete some first",
            code="knowledge_limit",
        )


def embed(document: Document, llm: Llm, run: RunContext, secret: Secret | None = None) -> None:
    """Make the vectors that are missing, and call it ready. Raises `BlockError`."""
    with freed():
        collection = Collection.objects.get(pk=document.collection_id)
    secret = own_accounts.secret_for(collection, secret)
    while batch := _missing(document):
        if run.is_cancelled():
            raise BlockError("Indexing was stopped", code="cancelled", retryable=True)
        texts = [f"{passage.heading}\n{passage.text}".strip() for passage in batch]
        _save(document, batch, vectors.of(texts, collection.model, llm, secret))
    if not end(document, DocumentStatus.READY):
        raise LostError


def _missing(document: Document) -> list[Passage]:
    with freed():
        missing = Passage.objects.filter(document=document.pk, embedding=None)
        return list(missing.order_by("position")[:_BATCH])


def _save(document: Document, batch: Sequence[Passage], made: Sequence[vectors.Vector]) -> None:
    with freed(), transaction.atomic():
        _hold(document)
        vectors.fix_dimension(document.collection_id, len(made[0]))
        rows = [(vector, each.pk) for each, vector in zip(batch, made, strict=True)]
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE knowledge_passage SET embedding = %s::real[] WHERE id = %s", rows
            )
        _change(document, lease_until=Now() + LEASE, attempts=0)


def _hold(document: Document) -> Document:
    """The row, which stays ours until the transaction ends. Raises `LostError`."""
    # Everybody locks collections first.
    Collection.objects.select_for_update(no_key=True).filter(pk=document.collection_id).first()
    ours = Document.objects.select_for_update(of=("self",), no_key=True)
    held = ours.filter(pk=document.pk, fence=document.fence).first()
    if held is None:
        raise LostError
    return held


def end(document: Document, status: DocumentStatus, error: str = "") -> bool:
    """It is ready, or cannot be indexed; False when somebody else has it now."""
    with freed():
        return _change(document, status=status, error=error[:500], lease_until=None, attempts=0)


def _give_up(document: Document, error: BlockError, *, is_stopped: bool) -> None:
    """Fail, or leave it to another attempt if that may help."""
    with freed():
        if is_stopped:
            _change(document, lease_until=None, attempts=document.attempts - 1)
        elif error.retryable and document.attempts < MAX_ATTEMPTS:
            _change(document, lease_until=Now() + _PAUSE * document.attempts)
        else:
            end(document, DocumentStatus.FAILED, str(error))


def _change(document: Document, **changes: object) -> bool:
    ours = Document.objects.filter(pk=document.pk, fence=document.fence)
    return bool(ours.update(updated_at=Now(), **changes))
