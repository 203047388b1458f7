"""The API of knowledge."""

import pytest
from django.core.files.base import ContentFile

from accounts.models import Scope
from executions.files import services as files
from executions.knowledge import services
from executions.knowledge.models import Collection, Document

TEA = "# Tea\n\nGreen tea is steeped for two minutes.\n\n# Bread\n\nRye bread rises slowly."
SEARCH = "/api/knowledge/search"


@pytest.fixture
def address(collection):
    return f"/api/knowledge/collections/{collection.pk}"


def code_of(answer):
    return answer.status_code, answer.json()["error"]["error_code"]


def test_a_collection_is_made_filled_searched_and_deleted(api, index):
    made = api.post("/api/knowledge/collections", {"name": "Handbook"})
    assert made.status_code == 201
    assert (made.json()["model"], made.json()["document_count"]) == ("offline-words", 0)
    place = f"/api/knowledge/collections/{made.json()['id']}"
    added = api.post(f"{place}/documents", {"name": "drinks.md", "text": TEA})
    assert (added.status_code, added.json()["status"]) == (201, "queued")
    index()
    document = api.get(f"/api/knowledge/documents/{added.json()['id']}").json()
    assert (document["status"], document["passage_count"]) == ("ready", 2)
    found = api.post(SEARCH, {"query": "How long is green tea steeped?"}).json()["results"]
    assert [each["heading"] for each in found] == ["Tea"]
    assert found[0]["text"] == "Green tea is steeped for two minutes."
    assert api.delete(place).status_code == 204
    assert not Document.objects.exists()


def test_a_search_can_be_in_some_collections_only(api, user, collection, index):
    other = services.create_collection(user.pk, name="Other")
    for each in (collection, other):
        services.add_document(each, name="tea", text=TEA)
    index()
    found = api.post(SEARCH, {"query": "tea", "collections": [str(other.pk)]}).json()["results"]
    assert {each["collection_id"] for each in found} == {str(other.pk)}


def test_a_stranger_finds_nothing_and_cannot_name_a_foreign_collection(
    stranger_api, collection, index
):
    services.add_document(collection, name="tea", text=TEA)
    index()
    assert stranger_api.post(SEARCH, {"query": "green tea"}).json()["results"] == []
    named = {"query": "green tea", "collections": [str(collection.pk)]}
    assert code_of(stranger_api.post(SEARCH, named)) == (404, "not_found")


def test_a_foreign_file_is_no_source(stranger_api, stranger, user):
    file = files.keep(user.pk, ContentFile(b"secret"), name="notes.txt")
    theirs = services.create_collection(stranger.pk, name="Theirs")
    place = f"/api/knowledge/collections/{theirs.pk}/documents"
    assert code_of(stranger_api.post(place, {"source": file.uri})) == (400, "validation_error")
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "a"},
        {"name": "a"},
        {"name": "a", "text": "a", "source": "https://example.com"},
        {"name": "a", "source": "file:///etc/passwd"},
        {"source": "data:text/plain,a"},
        {"source": "workspace://x"},
        {"name": "a", "text": "x" * 1_000_001},
    ],
)
def test_a_document_that_makes_no_sense_is_refused(api, address, body):
    answer = api.post(f"{address}/documents", body)
    assert code_of(answer) == (400, "validation_error")
    assert not Document.objects.exists()


def test_names_of_collections_are_taken_once_for_each_user(api, stranger_api, address):
    again = {"name": "Handbook"}
    assert code_of(api.post("/api/knowledge/collections", again)) == (409, "name_taken")
    assert stranger_api.post("/api/knowledge/collections", again).status_code == 201
    other = api.post("/api/knowledge/collections", {"name": "Other"}).json()["id"]
    assert code_of(api.put(f"/api/knowledge/collections/{other}", again)) == (409, "name_taken")


def test_limits_have_a_code(api, address, monkeypatch):
    monkeypatch.setattr(services, "MAX_COLLECTIONS", 1)
    monkeypatch.setattr(services, "MAX_DOCUMENTS", 0)
    made = api.post("/api/knowledge/collections", {"name": "Other"})
    added = api.post(f"{address}/documents", {"name": "a", "text": "a"})
    assert [code_of(made), code_of(added)] == [(409, "knowledge_limit")] * 2


def test_who_may_only_read_can_search(key_api, collection):
    api = key_api(Scope.READ_KNOWLEDGE)
    assert api.post(SEARCH, {"query": "tea"}).status_code == 200
    assert api.delete(f"/api/knowledge/collections/{collection.pk}").status_code == 403
    assert Collection.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_lists_take_the_same_number_of_queries(
    api, user, collection, number, django_assert_max_num_queries
):
    for count in range(number):
        services.create_collection(user.pk, name=str(count))
        services.add_document(collection, name=str(count), text="a")
    with django_assert_max_num_queries(4):
        api.get("/api/knowledge/collections")
    with django_assert_max_num_queries(5):
        api.get(f"/api/knowledge/collections/{collection.pk}/documents")
