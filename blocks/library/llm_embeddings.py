"""Vectors of texts."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import BlockError, Example, Pins, PinValue
from blocks.credentials import Reference, secret_of
from blocks.library.llm import MODEL_HINT, AiBlock, own_embedder
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import as_text

MAX_TEXTS = 1_000
MAX_CHARACTERS = 2_000_000
_BATCH = 50  # texts in one question: their vectors must fit into one line of an answer


@register
class AiEmbeddings(AiBlock["AiEmbeddings.Input"]):
    id = "ai_embeddings_block"
    aliases = ("7c56b3ab-62e7-43a2-a2dc-4ec4245660b6",)
    name = "AI embeddings"
    description = "Turns texts into vectors; the closer two vectors are, the closer what they mean."
    icon = "vector"

    class Input(Pins):
        texts: list[Any] = Field(min_length=1, max_length=MAX_TEXTS, description="The texts.")
        model: str = Field(
            default="",
            description="Which model to ask; empty: the standard one for embeddings.",
            json_schema_extra=MODEL_HINT,
        )
        credentials: Reference | None = own_embedder()

    class Output(Pins):
        embeddings: list[list[float]] = Field(description="One vector for each text.")
        model: str = Field(description="Who really answered, such as: offline (offline-words).")

    examples = (
        Example(
            given={"texts": ["tea", "milk"]},
            answers=[{"vectors": [[1.0, 0.0], [0.0, 1.0]]}],
            yields=[("embeddings", [[1.0, 0.0], [0.0, 1.0]]), ("model", "test (scripted)")],
        ),
        Example(
            given={"texts": ["tea"], "model": "small"},
            answers=[{"error": "The model provider does not know the model small"}],
            error="does not know",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        texts = [as_text(text) for text in data.texts]
        if sum(map(len, texts)) > MAX_CHARACTERS:
            raise BlockError(f"The texts have more than {MAX_CHARACTERS:,} characters")
        vectors: list[list[float]] = []
        answered_by = ""
        secret = secret_of(data.credentials, ports)
        for start in range(0, len(texts), _BATCH):
            reply = ports.llm.embed(texts[start : start + _BATCH], data.model, secret)
            vectors += [list(vector) for vector in reply.vectors]
            answered_by = f"{reply.provider} ({reply.model})"
        yield "embeddings", vectors
        yield "model", answered_by
