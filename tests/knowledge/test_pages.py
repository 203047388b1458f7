"""The pages of knowledge."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from executions.files.models import StoredFile
from executions.knowledge import services
from executions.knowledge.models import Collection, Document
from tests.factories import UserFactory
from tests.pages.conftest import logged_in
from tests.pages.reading import text_of


@pytest.fixture
def page(user):
    return logged_in(user)


@pytest.fixture
def place(collection):
    return f"/knowledge/{collection.pk}/"


def test_a_document_is_uploaded_indexed_found_and_deleted(page, index):
    page.post("/knowledge/", {"name": "Handbook"})
    place = f"/knowledge/{Collection.objects.get().pk}/"
    file = SimpleUploadedFile("<b>.md", b"# Tea\n\nGreen tea is <i>steeped</i> for two minutes.")
    assert "is being indexed" in text_of(page.post(place, {"file": file}, follow=True))
    index()
    answer = page.get(place, {"q": "How is green tea steeped?"})
    assert "Green tea is <i>steeped</i> for two minutes." in text_of(answer)
    assert "<i>steeped" not in answer.content.decode()
    document = Document.objects.get()
    assert document.source == StoredFile.objects.get().uri
    deleted = page.post(f"/knowledge/documents/{document.pk}/delete/", follow=True)
    assert "The document is deleted." in text_of(deleted)
    assert "The collection is deleted." in text_of(page.post(f"{place}delete/", follow=True))


def test_the_list_of_documents_is_fetched_anew_until_all_are_indexed(page, place, index):
    page.post(place, {"name": "tea", "text": "Tea."})
    assert 'hx-trigger="every 3s"' in page.get(place).content.decode()
    index()
    assert 'hx-trigger="every 3s"' not in page.get(place).content.decode()


def test_the_page_says_why_a_document_failed(page, place, index):
    page.post(place, {"file": SimpleUploadedFile("a.zip", b"PK\x03\x04")})
    index()
    assert "The document is a ZIP archive" in text_of(page.get(place))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"name": "a"}, "Give a file, an address or a text."),
        ({"text": "a", "source": "https://example.com"}, "Give a file, an address or a text."),
        ({"text": "a"}, "A text needs a name."),
        ({"source": "/etc/passwd"}, "Give the address of a web page"),
        ({"source": "workspace://x"}, "There is no file x here"),
    ],
)
def test_a_form_that_makes_no_sense_says_so(page, place, given, reason):
    assert reason in text_of(page.post(place, given))
    assert not Document.objects.exists()


def test_a_taken_name_is_said_on_the_page(page, place):
    assert "You have a collection “Handbook” already" in text_of(
        page.post("/knowledge/", {"name": "Handbook"})
    )
    services.create_collection(Collection.objects.get().owner_id, name="Other")
    assert "already" in text_of(page.post(f"{place}change/", {"name": "Other"}))


def test_the_model_can_be_changed(page, place, collection):
    page.post(f"{place}change/", {"name": "Handbook", "model": "small"})
    collection.refresh_from_db()
    assert collection.model == "small"


def test_a_search_that_fails_says_why(page, place, collection):
    services.change_collection(collection, model="small")
    assert "The model small is not set up here" in text_of(page.get(place, {"q": "tea"}))


def test_operators_index_again(collection, index):
    document = services.add_document(collection, name="tea", text="Tea.")
    index()
    operator = logged_in(UserFactory(email="operator@example.com", role="operator"))
    for kind, thing, action in [
        ("collection", collection, "embed_again"),
        ("document", document, "index_again"),
    ]:
        place = reverse(f"admin:knowledge_{kind}_changelist")
        assert operator.get(place).status_code == 200
        operator.post(place, {"action": action, "_selected_action": [thing.pk]})
        document.refresh_from_db()
        assert document.status == "embedding"
        index()
        document.refresh_from_db()
        assert document.status == "ready"
