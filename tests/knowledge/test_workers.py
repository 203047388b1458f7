"""Indexing by real worker processes that are killed."""

import json

import pytest
from django.db.models.functions import Now

from executions.knowledge import services
from executions.knowledge.models import Document, Passage
from tests.blocks.adapters.site import Answer, running_site
from tests.processes import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

BATCH = 50


@pytest.fixture
def model():
    """A provider of embeddings."""
    with running_site() as model:
        yield model


def vectors(number):
    rows = [{"index": index, "embedding": [1.0, 0.0]} for index in range(number)]
    return Answer(body=json.dumps({"model": "small", "data": rows}).encode())


def test_a_worker_that_is_killed_between_batches_is_taken_over_from(user, model, workers):
    model.says("/embeddings", vectors(BATCH), Answer(holds=True))
    collection = services.create_collection(user.pk, name="Handbook", model="small")
    place = {"LLM_PROVIDER": "openai", "LLM_BASE_URL": model.url}
    text = "\n".join(f"# Heading {number}\nText {number}." for number in range(BATCH + 10))
    [first] = workers(1, **place)
    document = services.add_document(collection, name="long", text=text)
    until(lambda: len(model.seen) == 2)
    first.kill()
    first.wait()
    assert Passage.objects.exclude(embedding=None).count() == BATCH

    model.says("/embeddings", vectors(10))
    model.next_answer("/embeddings")  # the one that it was killed in
    workers(1, **place)
    Document.objects.update(lease_until=Now())
    until(lambda: Document.objects.get().status == "ready")

    assert not Passage.objects.filter(embedding=None).exists()
    asked = [len(json.loads(seen.body)["input"]) for seen in model.seen]
    assert asked == [BATCH, 10, 10]
    document.refresh_from_db()
    assert document.fence > 1
