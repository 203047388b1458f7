"""Finding passages that are close to a question."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from blocks.credentials import Secret
from blocks.ports import Llm
from executions.attempts.connections import freed
from executions.knowledge import own_accounts, vectors
from executions.knowledge.models import Collection, Passage

MAX_FOUND = 50
LEAST = 0.1  # unless told otherwise; what has nothing in common with the question is about 0


@dataclass(frozen=True)
class Found:
    """A passage, and how close it is to the question: 1 is the same."""

    passage: Passage
    closeness: float


def search(
    collections: Iterable[Collection],
    query: str,
    llm: Llm,
    *,
    limit: int = 5,
    least: float = LEAST,
    secret: Secret | None = None,
) -> list[Found]:
    """The passages of these collections that are closest to the query. Raises `BlockError`.

    With `secret` this account is asked for the vector of the query, else those of the collections.
    """
    alike: dict[tuple[str, UUID | None], list[Collection]] = defaultdict(list)
    with freed():
        for collection in collections:
            alike[collection.model, collection.credential_id].append(collection)
    near: list[tuple[int, float]] = []
    for (model, _), same in alike.items():
        [vector] = vectors.of([query], model, llm, own_accounts.secret_for(same[0], secret))
        ids = [collection.pk for collection in same]
        with freed():
            near += vectors.nearest(ids, vectors.Wanted(vector, limit, least))
    return _found(sorted(near, key=lambda each: -each[1])[:limit])


def _found(near: list[tuple[int, float]]) -> list[Found]:
    with freed():
        passages = Passage.objects.select_related("document__collection").defer("embedding")
        by_id = passages.in_bulk([id_ for id_, _ in near])
    # One may have been deleted since.
    return [Found(by_id[id_], closeness) for id_, closeness in near if id_ in by_id]
