"""The `knowledge` port: what a block may do with the collections of the user who runs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from blocks.adapters.embeddings import OFFLINE_MODEL
from blocks.base import BlockError
from blocks.credentials import Secret
from blocks.ports import DocumentFacts, FoundPassage, Llm, Ports, RunContext
from executions.attempts.connections import freed
from executions.errors import KnowledgeLimitError
from executions.knowledge import indexing, searching, services
from executions.knowledge.models import Collection, Document, DocumentStatus
from executions.knowledge.searching import Found


class RunKnowledge:
    """For one attempt, which pays for the tokens."""

    def __init__(self, owner_id: UUID, llm: Llm, run: RunContext) -> None:
        self._owner_id = owner_id
        self._llm = llm
        self._run = run

    def add(
        self,
        collection: str,
        name: str,
        text: str,
        *,
        source: str = "",
        model: str = "",
        credential: Secret | None = None,
    ) -> DocumentFacts:
        """Index a text now; the collection is made when it is not there. Raises `BlockError`."""
        with freed(), transaction.atomic():
            owned = self._made(collection, model, credential)
            document = indexing.taken(_queued(owned, name, text, source))
        try:
            indexing.take_in(document, text)
            indexing.embed(document, self._llm, self._run, credential)
        except BlockError as error:
            indexing.end(document, DocumentStatus.FAILED, str(error))
            raise
        with freed():
            document.refresh_from_db()
        return _facts(document)

    def search(
        self,
        collection: str,
        query: str,
        *,
        limit: int,
        least: float,
        credential: Secret | None = None,
    ) -> list[FoundPassage]:
        """The closest passages, of all collections if none is named. Raises `BlockError`."""
        with freed():
            owned = Collection.objects.filter(owner=self._owner_id)
            wanted = [self._find(collection)] if collection else list(owned)
        found = searching.search(
            wanted, query, self._llm, limit=limit, least=least, secret=credential
        )
        return [_shown(each) for each in found]

    def list(self, collection: str, limit: int) -> list[DocumentFacts]:
        """The documents of a collection, newest first. Raises `BlockError`."""
        with freed():
            documents = self._find(collection).documents.newest_first()[:limit]
            return [_facts(each) for each in documents]

    def delete(self, collection: str, name: str) -> bool:
        """Forget a document; False when there is none of this name. Raises `BlockError`."""
        with freed():
            document = self._find(collection).documents.filter(name=name).first()
            if document is None:
                return False
            services.delete_document(document)
        return True

    def _made(self, name: str, model: str, credential: Secret | None) -> Collection:
        """The collection, made if need be, whose vectors are made as the block wants it."""
        is_there = Collection.objects.filter(owner=self._owner_id, name=name).exists()
        if credential and not (is_there or model):
            raise BlockError("Say which model of your account makes the vectors of the collection")
        with _limited():
            found = services.collection_named(self._owner_id, name, model=model)
        if (model and model != found.model) or (credential and found.model == OFFLINE_MODEL):
            raise BlockError(
                f"The vectors of “{name}” are made by the model {found.model}: choose another collection,"
                " change its model, or leave model and credential empty",
                code="embedder_changed",
            )
        return found

    def _find(self, name: str) -> Collection:
        found = Collection.objects.filter(owner=self._owner_id, name=name).first()
        if found is None:
            raise BlockError(
                f"There is no collection “{name[:100]}” here", code="collection_missing"
            )
        return found


def _queued(collection: Collection, name: str, text: str, source: str) -> Document:
    with _limited():
        return services.add_document(collection, name=name, text=text, source=source)


@contextmanager
def _limited() -> Iterator[None]:
    try:
        yield
    except KnowledgeLimitError as error:
        raise BlockError(str(error), code="knowledge_limit") from error


def with_knowledge(ports: Ports, owner_id: UUID) -> Ports:
    """The ports of an attempt, which may use the collections of this user."""
    return ports._replace(knowledge=RunKnowledge(owner_id, ports.llm, ports.run))


def _facts(document: Document) -> DocumentFacts:
    return DocumentFacts(
        document.name, document.source, document.status, document.passage_count, document.error
    )


def _shown(found: Found) -> FoundPassage:
    document = found.passage.document
    return FoundPassage(
        found.passage.text,
        found.passage.heading,
        document.name,
        document.source,
        document.collection.name,
        round(found.closeness, 4),
    )
