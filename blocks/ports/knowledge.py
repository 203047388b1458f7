"""Collections of documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from blocks.credentials import Secret


@dataclass(frozen=True)
class DocumentFacts:
    """What is known of a document in a collection."""

    name: str
    source: str  # where its text is from: workspace://…, a web address, or empty
    status: str  # queued, embedding, ready, failed
    passages: int
    error: str = ""


@dataclass(frozen=True)
class FoundPassage:
    """A piece of a document, and how close it is to the question: 1 is the same."""

    text: str
    heading: str  # the headings that it stands below, such as "Guide › Rooms"
    document: str
    source: str
    collection: str
    closeness: float


class Knowledge(Protocol):
    """The collections of documents of the user who runs the graph, by name."""

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
        """Cut a text and make its vectors; a document of the same name is replaced, a collection made if need be.

        `model` is for a collection that is made; one that is there must have it. Raises `BlockError`
        (`knowledge_limit`, `knowledge_busy`, `embedder_changed`).
        """
        ...

    def search(
        self,
        collection: str,
        query: str,
        *,
        limit: int,
        least: float,
        credential: Secret | None = None,
    ) -> Sequence[FoundPassage]:
        """The passages that are `least` or closer, the closest first; of all collections if none is named.

        With `credential`, the user's own provider makes the vector of the query; else that of the collection.
        Raises `BlockError` (`collection_missing`, `embedder_missing`).
        """
        ...

    def list(self, collection: str, limit: int) -> Sequence[DocumentFacts]:
        """The documents of a collection, newest first. Raises `BlockError` (`collection_missing`)."""
        ...

    def delete(self, collection: str, name: str) -> bool:
        """Forget a document; tells whether it was there. Raises `BlockError` (`collection_missing`)."""
        ...
