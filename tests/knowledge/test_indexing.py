"""Indexing: what is durable, what is refused, what is done once."""

import threading

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.db.models.functions import Now

from accounts.models import TokenUsage
from blocks.adapters import embeddings
from blocks.adapters.llm import ProviderLlm
from blocks.base import BlockError
from executions.files import services as files
from executions.knowledge import indexer, indexing, searching, services, vectors
from executions.knowledge.models import Document, DocumentStatus, Passage

LONG = "\n\n".join(f"Sentence number {n} is about topic{n}." * 20 for n in range(120))


@pytest.fixture
def embedded(monkeypatch):
    """The texts that were embedded, in batches."""
    batches = []

    def embed(self, texts, model="", credential=None):
        batches.append(list(texts))
        return embeddings.offline(texts)

    monkeypatch.setattr(ProviderLlm, "embed", embed)
    return batches


def outcome(document):
    document.refresh_from_db()
    return document.status, document.error


def end_leases():
    Document.objects.update(lease_until=Now())


@pytest.mark.parametrize("batch", [1, 2])
def test_who_is_killed_is_taken_over_from_and_nothing_is_embedded_twice(
    collection, embedded, monkeypatch, batch
):
    looked = iter(range(1, batch + 1))
    missing = indexing._missing

    def die(document):
        if next(looked) == batch:
            raise SystemExit
        return missing(document)

    document = services.add_document(collection, name="long", text=LONG)
    with monkeypatch.context() as patch:
        patch.setattr(indexing, "_missing", die)
        with pytest.raises(SystemExit):
            indexer.work_off(threading.Event())
    assert len(embedded) == batch - 1
    assert indexing.claim() is None  # its lease still holds
    end_leases()
    indexer.work_off(threading.Event())
    assert outcome(document) == ("ready", "")
    texts = [text for batch in embedded for text in batch]
    assert len(texts) == document.passage_count == Passage.objects.count() > 100
    assert not Passage.objects.filter(embedding=None).exists()


def test_a_worker_that_comes_back_too_late_changes_nothing(collection, index):
    services.add_document(collection, name="tea", text="Old words.")
    late = indexing.claim()
    services.add_document(collection, name="tea", text="New words.")
    with pytest.raises(indexing.LostError):
        indexing.take_in(late, "Old words.")
    index()
    assert list(Passage.objects.values_list("text", flat=True)) == ["New words."]


def test_the_same_text_again_is_not_embedded_again(collection, index, embedded):
    for _ in range(2):
        document = services.add_document(collection, name="tea", text="Tea is a drink.")
        index()
    document.refresh_from_db()
    assert (document.version, embedded) == (1, [["Tea is a drink."]])
    services.add_document(collection, name="tea", text="Tea is hot.")
    index()
    document.refresh_from_db()
    assert (document.version, document.passage_count) == (2, 1)
    assert Passage.objects.get().text == "Tea is hot."


def test_a_document_that_kills_workers_is_given_up(collection, monkeypatch):
    document = services.add_document(collection, name="tea", text="Tea.")
    for _ in range(indexing.MAX_ATTEMPTS):
        assert indexing.claim()
        end_leases()
    assert indexing.claim() is None
    assert outcome(document) == ("failed", "Indexing was interrupted again and again")


def test_a_worker_that_stops_leaves_the_document_to_others(collection, index):
    document = services.add_document(collection, name="tea", text="Tea.")
    stopped = threading.Event()
    stopped.set()
    indexer.index(indexing.claim(), stopped)
    assert outcome(document) == ("embedding", "")
    index()
    assert outcome(document) == ("ready", "")


def test_a_busy_provider_is_asked_again_later(collection, monkeypatch):
    def embed(self, texts, model="", credential=None):
        raise BlockError("Too many questions", retryable=True)

    monkeypatch.setattr(ProviderLlm, "embed", embed)
    document = services.add_document(collection, name="tea", text="Tea.")
    for _ in range(indexing.MAX_ATTEMPTS):
        assert outcome(document) in {("queued", ""), ("embedding", "")}
        indexer.work_off(threading.Event())
        end_leases()
    assert outcome(document) == ("failed", "Too many questions")


def test_the_owner_pays_for_the_tokens(collection, index):
    services.add_document(collection, name="tea", text="Tea is a drink.")
    index()
    used = TokenUsage.objects.get()
    assert (used.user, used.model) == (collection.owner, embeddings.OFFLINE_MODEL)
    assert used.input_tokens > 0


def test_another_model_has_all_vectors_made_anew(collection, index, monkeypatch):
    document = services.add_document(collection, name="tea", text="Tea is a drink.")
    index()

    def embed(self, texts, model="", credential=None):
        assert model == "small"
        return embeddings.EmbedReply([[3.0, 4.0] for _ in texts], "small-1", "openai", 7)

    monkeypatch.setattr(ProviderLlm, "embed", embed)
    services.change_collection(collection, model="small")
    assert outcome(document) == ("embedding", "")
    index()
    collection.refresh_from_db()
    assert (outcome(document), collection.dimension) == (("ready", ""), 2)
    assert Passage.objects.get().embedding == pytest.approx([0.6, 0.8])


def test_a_model_that_is_not_set_up_is_named(collection, index):
    services.change_collection(collection, model="text-embedding-3-small")
    document = services.add_document(collection, name="tea", text="Tea.")
    index()
    status, error = outcome(document)
    assert status == "failed"
    assert "The model text-embedding-3-small is not set up here" in error


def test_vectors_of_another_length_are_refused(collection, index, monkeypatch):
    services.add_document(collection, name="tea", text="Tea.")
    index()
    shorter = embeddings.EmbedReply([[1.0]], embeddings.OFFLINE_MODEL, "offline")
    monkeypatch.setattr(
        ProviderLlm, "embed", lambda self, texts, model="", credential=None: shorter
    )
    document = services.add_document(collection, name="milk", text="Milk.")
    index()
    assert outcome(document)[0] == "failed"
    assert "choose the model again" in outcome(document)[1]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "not a PDF that can be read"),
        (b"PK\x03\x04" + b"\0" * 1000, "a ZIP archive, or made by an office program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "made by an office program"),
        (b"\x7fELF\x02\x01\0\0", "not text"),
        (b"caf\xe9", "not text in UTF-8"),
        (b"", "no text in the document"),
        (b" \n \n", "no text in the document"),
        (b"<html><script>alert(1)</script></html>", "no text in the document"),
        (b"a " * 600_000, "1,000,000 characters"),
        (b"<html>" + b"<p>x" * 600_000, "larger than 2 MB"),
    ],
)
def test_a_hostile_document_fails_with_a_sentence(collection, index, content, part):
    file = files.keep(collection.owner_id, ContentFile(content), name="hostile")
    document = services.add_document(collection, source=file.uri)
    index()
    status, error = outcome(document)
    assert (status, part in error) == ("failed", True), error
    assert not Passage.objects.exists()


def test_a_file_that_was_deleted_meanwhile_is_missed(collection, index):
    file = files.keep(collection.owner_id, ContentFile(b"Tea."), name="tea.txt")
    document = services.add_document(collection, source=file.uri)
    files.delete(file)
    index()
    assert outcome(document)[0] == "failed"
    assert "There is no file" in outcome(document)[1]


def test_a_private_address_is_not_fetched(collection, index):
    document = services.add_document(collection, source="http://10.0.0.1/")
    index()
    assert outcome(document)[0] == "failed"


def test_a_page_is_cut_at_its_headings(collection, index):
    page = b"<html><h1>Tea</h1><p>Green.</p><h2 class='x'>Black</h2><p>Strong.</p></html>"
    file = files.keep(collection.owner_id, ContentFile(page), name="tea.html")
    services.add_document(collection, source=file.uri)
    index()
    found = Passage.objects.order_by("position").values_list("heading", "text")
    assert list(found) == [("Tea", "Green."), ("Tea › Black", "Strong.")]


def test_the_passages_of_a_user_have_a_limit(collection, index, settings):
    settings.KNOWLEDGE_PASSAGES = 1
    first = services.add_document(collection, name="a", text="One.")
    other = services.create_collection(collection.owner_id, name="Other")
    second = services.add_document(other, name="b", text="Two.")
    index()
    assert outcome(first)[0] == DocumentStatus.READY
    assert "may have 1 passages together" in outcome(second)[1]


def test_a_refreshed_file_that_has_changed_is_indexed_anew(collection, index):
    file = files.keep(collection.owner_id, ContentFile(b"Old."), name="tea.txt")
    document = services.add_document(collection, source=file.uri)
    index()
    files.keep(collection.owner_id, ContentFile(b"New."), name="tea.txt", id=file.pk)
    services.refresh_document(document)
    index()
    assert Passage.objects.get().text == "New."


def test_the_same_is_found_with_pgvector_and_without(collection, index, monkeypatch):
    services.add_document(collection, name="long", text=LONG)
    index()
    with services.paid_by(collection.owner) as ports:
        fast = searching.search([collection], "topic7", ports.llm)
        with connection.cursor() as cursor:
            cursor.execute("DROP EXTENSION vector")
        slow = searching.search([collection], "topic7", ports.llm)
        monkeypatch.setattr(vectors, "MAX_NUMBERS", 256 * 100)
        with pytest.raises(BlockError, match="Without pgvector 100 passages"):
            searching.search([collection], "topic7", ports.llm)
    assert [each.passage for each in fast] == [each.passage for each in slow]
    assert "topic7." in fast[0].passage.text
    assert fast[0].closeness == pytest.approx(slow[0].closeness, abs=1e-5)
