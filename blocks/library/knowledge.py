"""Knowledge: collections of documents that nodes fill and search."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, InputT, Pins, PinValue
from blocks.credentials import CredentialType, Reference, Secret, secret_of
from blocks.library.document_text import text_of
from blocks.library.llm import MODEL_HINT, own_embedder
from blocks.library.media import is_reference, read_media
from blocks.library.passages import numbered
from blocks.ports import Ports
from blocks.registry import register

MAX_QUESTION = 10_000  # characters
_MAX_SOURCE = 2_000  # characters
_COLLECTION = "The name of the collection."
_HANDBOOK = {"tea.md": "Green tea is steeped for two minutes."}
_OWN = {"credentials": {"id": "7d1c0b5e-5a0e-4d0b-9d0e-0d8f6c1d2a3b"}}
_SECRET = Secret(
    "openai", CredentialType.API_KEY, ("api.openai.com",), {"api_key": "a key of one's own"}
)
# The account of a collection is chosen on its page, or over the API.
OTHERWISE = "that of the collection, else what this installation has"
_FOUND = {
    "text": "Green tea is steeped for two minutes.",
    "heading": "",
    "document": "tea.md",
    "source": "",
    "collection": "handbook",
    "closeness": 0.5,
}


class KnowledgeBlock(Block[InputT]):
    """What all blocks that use collections have in common."""

    category = "ai"
    effect = Effect.IDEMPOTENT
    timeout = 300.0


class SearchPins(Pins):
    """The pins that say what to look for."""

    collection: str = Field(
        default="",
        max_length=100,
        description="The name of the collection to search; empty: all of them.",
    )
    limit: int = Field(default=5, ge=1, le=50, description="The most passages to find.")
    min_closeness: float = Field(
        default=0.1,
        ge=-1,
        le=1,
        description="How close a passage must be: 1 is the same text, 0 has nothing in common.",
    )


@register
class AddToKnowledge(KnowledgeBlock["AddToKnowledge.Input"]):
    id = "add_to_knowledge_block"
    name = "Add to knowledge"
    description = "Puts a document into a collection, where other nodes and runs can find what it says. A document of the same name is replaced."
    cost = 1
    limits = "A million characters; files of at most 10 MB, pages of 2 MB."
    icon = "books"

    class Input(Pins):
        collection: str = Field(
            min_length=1, max_length=100, description=f"{_COLLECTION} It is made if need be."
        )
        document: str = Field(
            description="The text, or a file with it: a stored one, a data URI or a web address. Plain text, Markdown, HTML or PDF.",
            json_schema_extra={"format": "file"},
        )
        name: str = Field(
            default="",
            max_length=200,
            description="What to call the document; empty: the name of the file, or its address.",
        )
        model: str = Field(
            default="",
            max_length=200,
            description="Which model makes the vectors of a collection that is made; empty: the usual one.",
            json_schema_extra=MODEL_HINT,
        )
        credentials: Reference | None = own_embedder(otherwise=OTHERWISE)

    class Output(Pins):
        document: str = Field(description="The name of the document.")
        passages: int = Field(description="Into how many passages it was cut.")

    examples = (
        Example(
            given={"collection": "handbook", "document": "Tea is a drink.", "name": "tea"},
            yields=[("document", "tea"), ("passages", 1)],
        ),
        Example(
            given={
                "collection": "handbook",
                "document": "Tea.",
                "name": "tea",
                "model": "small",
                **_OWN,
            },
            secret=_SECRET,
            yields=[("document", "tea"), ("passages", 1)],
        ),
        Example(
            given={"collection": "handbook", "document": "https://example.com/tea"},
            answers=[
                {"status": 200, "headers": {"content-type": "text/html"}, "body": "<h1>Tea</h1>"}
            ],
            yields=[("document", "https://example.com/tea"), ("passages", 1)],
        ),
        Example(
            given={"collection": "handbook", "document": "Tea is a drink."},
            error="needs a name",
        ),
        Example(
            given={
                "collection": "handbook",
                "document": "data:application/pdf,%25PDF-1.7",
                "name": "tea.pdf",
            },
            error="not a PDF",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        media = read_media(data.document, ports)
        source = _place_of(data.document)
        name = data.name or media.name or source[:200]
        if not name:
            raise BlockError("A document that is no file needs a name")
        added = ports.knowledge.add(
            data.collection,
            name,
            text_of(media, ports.sandbox),
            source=source,
            model=data.model,
            credential=secret_of(data.credentials, ports),
        )
        yield "document", added.name
        yield "passages", added.passages


def _place_of(document: str) -> str:
    """Where a citation can lead to; empty for a text or a data URI."""
    is_place = is_reference(document) and document[:5].lower() != "data:"
    return document if is_place and len(document) <= _MAX_SOURCE else ""


@register
class SearchKnowledge(KnowledgeBlock["SearchKnowledge.Input"]):
    id = "search_knowledge_block"
    name = "Search knowledge"
    description = "Finds the passages of a collection that are closest in meaning to a question."
    icon = "books"

    class Input(SearchPins):
        query: str = Field(
            min_length=1,
            max_length=MAX_QUESTION,
            description="What to look for, such as a question.",
        )
        credentials: Reference | None = own_embedder(otherwise=OTHERWISE)

    class Output(Pins):
        passages: list[dict[str, Any]] = Field(
            description="The closest first, each with text, heading, document, source, collection and closeness."
        )
        text: str = Field(description="The same as one text, for a prompt.")

    examples = (
        Example(
            given={"query": "How long is green tea steeped?", "collection": "handbook"},
            knowledge=_HANDBOOK,
            yields=[
                ("passages", [_FOUND]),
                ("text", "[1] tea.md\nGreen tea is steeped for two minutes."),
            ],
        ),
        Example(
            given={"query": "Where is the bus stop?", "collection": "handbook"},
            knowledge=_HANDBOOK,
            yields=[("passages", []), ("text", "")],
        ),
        Example(given={"query": "tea", "collection": "nowhere"}, error="There is no collection"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        found = ports.knowledge.search(
            data.collection,
            data.query,
            limit=data.limit,
            least=data.min_closeness,
            credential=secret_of(data.credentials, ports),
        )
        yield "passages", [asdict(passage) for passage in found]
        yield "text", numbered(found)


@register
class ListKnowledge(KnowledgeBlock["ListKnowledge.Input"]):
    id = "list_knowledge_block"
    name = "List knowledge"
    description = "Lists the documents of a collection."
    icon = "books"

    class Input(Pins):
        collection: str = Field(min_length=1, max_length=100, description=_COLLECTION)
        limit: int = Field(default=100, ge=1, le=1000, description="The most documents to list.")

    class Output(Pins):
        documents: list[dict[str, Any]] = Field(
            description="The newest first, each with name, source, status, passages and error."
        )
        name: str = Field(description="One name after the other.")

    examples = (
        Example(
            given={"collection": "handbook"},
            knowledge=_HANDBOOK,
            yields=[
                (
                    "documents",
                    [
                        {
                            "name": "tea.md",
                            "source": "",
                            "status": "ready",
                            "passages": 1,
                            "error": "",
                        }
                    ],
                ),
                ("name", "tea.md"),
            ],
        ),
        Example(given={"collection": "nowhere"}, error="There is no collection"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        documents = ports.knowledge.list(data.collection, data.limit)
        yield "documents", [asdict(document) for document in documents]
        for document in documents:
            yield "name", document.name


@register
class DeleteFromKnowledge(KnowledgeBlock["DeleteFromKnowledge.Input"]):
    id = "delete_from_knowledge_block"
    name = "Delete from knowledge"
    description = "Removes a document from a collection."
    icon = "books"

    class Input(Pins):
        collection: str = Field(min_length=1, max_length=100, description=_COLLECTION)
        document: str = Field(min_length=1, max_length=200, description="The name of the document.")

    class Output(Pins):
        was_there: bool = Field(description="Whether there was such a document.")

    examples = (
        Example(
            given={"collection": "handbook", "document": "tea.md"},
            knowledge=_HANDBOOK,
            yields=[("was_there", True)],
        ),
        Example(
            given={"collection": "handbook", "document": "milk.md"},
            knowledge=_HANDBOOK,
            yields=[("was_there", False)],
        ),
        Example(given={"collection": "nowhere", "document": "x"}, error="There is no collection"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "was_there", ports.knowledge.delete(data.collection, data.document)
