"""What people do with their collections and documents."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import usage
from accounts.models import User
from accounts.vault.models import Credential
from blocks.adapters import embeddings
from blocks.ports import Ports
from executions.attempts import world
from executions.errors import KnowledgeLimitError, NameTakenError
from executions.files.models import StoredFile
from executions.files.port import RunFiles
from executions.knowledge import own_accounts
from executions.knowledge.models import Collection, Document, DocumentStatus, Passage
from executions.models import new_id

STORED = "workspace://"
MAX_COLLECTIONS = 200  # of a user
MAX_DOCUMENTS = 10_000  # of a collection


def usual_model() -> str:
    """The model of collections for which none is chosen."""
    has_embeddings = settings.LLM.provider == embeddings.PROVIDER
    return settings.LLM.embedding_model if has_embeddings else embeddings.OFFLINE_MODEL


def create_collection(
    owner_id: UUID,
    *,
    name: str,
    description: str = "",
    model: str = "",
    credential: Credential | None = None,
) -> Collection:
    """Make an empty collection. Raises `NameTakenError`, `KnowledgeLimitError`, and `ValidationError` for a
    credential without one of its models."""
    own_accounts.check_model(model, credential)
    if Collection.objects.filter(owner=owner_id).count() >= MAX_COLLECTIONS:
        raise KnowledgeLimitError(
            _("You may have %(count)s collections; delete one first") % {"count": MAX_COLLECTIONS}
        )
    with _told_when_taken(name), transaction.atomic():
        return Collection.objects.create(
            owner_id=owner_id,
            name=name,
            description=description,
            model=model or usual_model(),
            credential=credential,
        )


def collection_named(owner_id: UUID, name: str, *, model: str = "") -> Collection:
    """Their collection of this name, made with this model if need be. Raises `KnowledgeLimitError`."""
    named = Collection.objects.filter(owner=owner_id, name=name)
    try:
        return named.first() or create_collection(owner_id, name=name, model=model)
    except NameTakenError:  # somebody else has made it a moment ago
        return named.get()


@transaction.atomic
def change_collection(collection: Collection, **changes: Any) -> Collection:
    """Change what is given of `name`, `description`, `model` and `credential`.

    Another model, or the same one elsewhere, has all vectors made anew. Raises `NameTakenError`, and
    `ValidationError` for a credential without one of its models.
    """
    held = Collection.objects.select_for_update().get(pk=collection.pk)
    before = _embedder(held)
    model = changes.pop("model", "") or held.model
    for field, value in changes.items():
        setattr(held, field, value)
    own_accounts.check_model(model, held.credential)
    with _told_when_taken(held.name), transaction.atomic():
        held.save()
    held.model = model
    if _embedder(held) != before:
        _make_vectors_anew(held)
    return held


def _embedder(collection: Collection) -> tuple[str, ...]:
    """What makes its vectors; another key of the same provider makes the same ones."""
    account = collection.credential
    return (collection.model, *((account.provider, account.base_url) if account else ()))


def embed_again(collection: Collection) -> None:
    """Have all vectors of the collection made anew, by the same model."""
    with transaction.atomic():
        held = Collection.objects.select_for_update().get(pk=collection.pk)
        _make_vectors_anew(held)


def _make_vectors_anew(collection: Collection) -> None:
    collection.dimension = None
    cut = collection.documents.filter(passage_count__gt=0).exclude(status=DocumentStatus.QUEUED)
    cut.update(status=DocumentStatus.EMBEDDING, error="", attempts=0)
    collection.documents.update(fence=F("fence") + 1, lease_until=None)
    Passage.objects.filter(document__collection=collection).update(embedding=None)
    collection.save()


@contextmanager
def _told_when_taken(name: str) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise NameTakenError(
            _("You have a collection “%(name)s” already") % {"name": name}
        ) from error


@transaction.atomic
def add_document(
    collection: Collection, *, name: str = "", text: str = "", source: str = ""
) -> Document:
    """Have a document indexed; one of the same name is replaced. Returns its row, locked.

    Without a name it is called like its file, or by its address. Raises `KnowledgeLimitError`, and
    `ValidationError` for a file that is not there.
    """
    name = name or _name_of(collection.owner_id, source)
    Collection.objects.select_for_update(no_key=True).get(pk=collection.pk)
    document = collection.documents.select_for_update(no_key=True).filter(name=name).first()
    if document is None:
        if collection.documents.count() >= MAX_DOCUMENTS:
            raise KnowledgeLimitError(
                _("A collection may have %(count)s documents") % {"count": f"{MAX_DOCUMENTS:,}"}
            )
        document = Document(collection=collection, name=name)
    document.text, document.source = text, source
    _queue(document)
    return document


def _name_of(owner_id: UUID, source: str) -> str:
    if not source.startswith(STORED):
        return source[:200]
    id_ = source.removeprefix(STORED).partition("#")[0]
    try:
        return StoredFile.objects.get(pk=UUID(id_), owner=owner_id).name
    except (ValueError, StoredFile.DoesNotExist):
        raise ValidationError(_("There is no file %(id)s here") % {"id": id_[:60]}) from None


@transaction.atomic
def refresh_document(document: Document) -> Document:
    """Read it again from where it came from; one that was given as text is only indexed again."""
    held = Document.objects.select_for_update(no_key=True, of=("self",)).get(pk=document.pk)
    if held.source or held.text:
        _queue(held)
    elif held.passage_count:
        _queue(held, DocumentStatus.EMBEDDING)
    return held


def _queue(document: Document, status: DocumentStatus = DocumentStatus.QUEUED) -> None:
    """Whoever works on it now is too late."""
    document.status, document.error = status, ""
    document.fence += 1
    document.lease_until, document.attempts = None, 0
    document.save()


def delete_document(document: Document) -> None:
    """Forget a document and its passages."""
    document.delete()


def delete_collection(collection: Collection) -> None:
    """Forget a collection with all its documents."""
    with transaction.atomic():
        Collection.objects.select_for_update().filter(pk=collection.pk).first()
        collection.delete()


@contextmanager
def paid_by(owner: User, cancelled: threading.Event | None = None) -> Iterator[Ports]:
    """The world outside of runs, for work whose tokens this user pays for."""
    id_ = new_id()
    context = world.NodeContext(
        id_, "", id_, owner.timezone, cancelled or threading.Event(), is_watched=False
    )
    try:
        yield world.ports_for(context, files=RunFiles(owner.pk, None, id_))
    finally:
        usage.charge(owner.pk, context.used, reference=str(id_))
