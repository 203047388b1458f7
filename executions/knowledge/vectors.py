"""Vectors of passages: made by a model, compared by PostgreSQL.

They are arrays of `real` in the table, so that any PostgreSQL has room for them. Where the extension pgvector is
installed, it compares them; where it is not, plain SQL does, some fifteen times slower.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from blocks.adapters.embeddings import OFFLINE_MODEL
from blocks.base import BlockError
from blocks.credentials import Secret
from blocks.ports import Llm
from executions.knowledge.models import Collection, Document

Vector = list[float]

MAX_NUMBERS = 5_000_000  # that plain SQL compares: some seconds

_WITH_PGVECTOR = "-(passage.embedding::vector <#> %(vector)s::real[]::vector)"
_WITHOUT = (
    "(SELECT sum(pair.one * pair.other)"
    " FROM unnest(passage.embedding, %(vector)s::real[]) AS pair(one, other))"
)
_SEARCH = (
    "SELECT id, closeness FROM ("
    "SELECT passage.id, {closeness} AS closeness"
    " FROM knowledge_passage AS passage"
    " JOIN knowledge_document AS document ON document.id = passage.document_id"
    " WHERE document.collection_id = ANY(%(collections)s)"
    # While a collection gets other vectors, those of another length are no concern of this question.
    " AND cardinality(passage.embedding) = %(dimension)s"
    ") AS compared WHERE closeness >= %(least)s ORDER BY closeness DESC, id LIMIT %(limit)s"
)


@dataclass(frozen=True)
class Wanted:
    """What to look for: the passages that are closest, `least` or closer, -1 to 1."""

    vector: Vector
    limit: int
    least: float


def of(texts: Sequence[str], model: str, llm: Llm, secret: Secret | None = None) -> list[Vector]:
    """A vector of length 1 for each text. Raises `BlockError` when this model does not answer here.

    `secret` is a user's own account, which the basic model does not ask.
    """
    reply = llm.embed(texts, model, None if model == OFFLINE_MODEL else secret)
    if (reply.model == OFFLINE_MODEL) is not (model == OFFLINE_MODEL):
        raise BlockError(
            f"The model {model} is not set up here: ask an operator for it, name a credential of your own,"
            f" or choose {OFFLINE_MODEL} for this collection",
            code="embedder_missing",
        )
    if len({len(vector) for vector in reply.vectors}) != 1:
        raise BlockError(f"The model {model} gave vectors of different lengths")
    return [_of_length_one(vector) for vector in reply.vectors]


def _of_length_one(vector: Sequence[float]) -> Vector:
    length = sqrt(sum(number * number for number in vector))
    return [number / length for number in vector] if length else list(vector)


def fix_dimension(collection_id: UUID, dimension: int) -> None:
    """The first vectors of a collection say how long all of them are. Raises `BlockError` for others."""
    collections = Collection.objects.filter(pk=collection_id)
    if collections.filter(dimension=dimension).exists():
        return
    if not collections.filter(dimension=None).update(dimension=dimension):
        raise BlockError(
            f"The model gives vectors of {dimension} numbers now, and those of this collection have others:"
            " choose the model again, so that all are made anew",
            code="embedder_changed",
        )


def nearest(collections: Sequence[UUID], wanted: Wanted) -> list[tuple[int, float]]:
    """The ids of passages and how close they are, the closest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regtype('vector') IS NOT NULL")
        has_pgvector = cursor.fetchone() == (True,)
        if not has_pgvector:
            _require_few(collections, len(wanted.vector))
        closeness = _WITH_PGVECTOR if has_pgvector else _WITHOUT
        cursor.execute(
            _SEARCH.format(closeness=closeness),
            {
                "vector": wanted.vector,
                "collections": list(collections),
                "dimension": len(wanted.vector),
                "least": wanted.least,
                "limit": wanted.limit,
            },
        )
        return list(cursor.fetchall())


def _require_few(collections: Sequence[UUID], dimension: int) -> None:
    documents = Document.objects.filter(collection__in=collections)
    count = documents.aggregate(count=Sum("passage_count"))["count"] or 0
    if count * dimension > MAX_NUMBERS:
        raise BlockError(
            f"Without pgvector {MAX_NUMBERS // dimension:,} passages can be searched at once, and these are"
            f" {count:,}: search fewer collections, or ask an operator to install the extension",
            code="knowledge_limit",
        )
