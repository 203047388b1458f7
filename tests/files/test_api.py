"""The API of files."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from executions.files.models import StoredFile
from tests.pages.conftest import logged_in
from tests.pages.reading import text_of


@pytest.fixture(autouse=True)
def _empty_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def upload(api, name="notes.html", content=b"<script>alert(1)</script>", kind="text/html"):
    file = SimpleUploadedFile(name, content, kind)
    return api.post("/api/files", {"file": file}, format="multipart")


def test_a_file_is_uploaded_listed_downloaded_and_deleted(api):
    made = upload(api)
    assert made.status_code == 201
    pk, uri = made.json()["id"], made.json()["uri"]
    assert uri == f"workspace://{pk}#text/html"
    assert [each["id"] for each in api.get("/api/files?search=NOTES").json()["results"]] == [pk]
    assert api.get("/api/files?search=other").json()["results"] == []
    assert api.get(f"/api/files/{pk}").json()["size"] == 25
    assert api.get(f"/api/files/{pk}/download").content == b"<script>alert(1)</script>"
    assert api.delete(f"/api/files/{pk}").status_code == 204
    assert api.get(f"/api/files/{pk}/download").status_code == 404


@pytest.mark.parametrize("place", ["/api/files/{}/download", "/files/{}/download/"])
def test_a_browser_saves_a_file_and_runs_nothing_of_it(api, user, place):
    pk = upload(api, name='a"b.html').json()["id"]
    answer = logged_in(user).get(place.format(pk))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_body_without_a_file_is_refused(api):
    assert api.post("/api/files", {}).status_code == 400
    assert api.post("/api/files", {"file": "text"}, format="multipart").status_code == 400
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("setting", "code"),
    [("MAX_FILE_BYTES", "file_too_large"), ("FILE_QUOTA_BYTES", "storage_quota")],
)
def test_the_limits_have_codes(api, settings, setting, code):
    setattr(settings, setting, 3)
    answer = upload(api)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (413, code)


def test_the_page_uploads_lists_and_deletes(user):
    page = logged_in(user)
    file = SimpleUploadedFile("<b>.txt", b"hello")
    answer = page.post("/files/", {"file": file}, follow=True)
    assert "The file is kept." in text_of(answer)
    assert "<b>.txt" not in answer.content.decode()
    pk = StoredFile.objects.get().pk
    assert "The file is deleted." in text_of(page.post(f"/files/{pk}/delete/", follow=True))


def test_the_page_says_why_a_file_is_refused(user, settings):
    settings.MAX_FILE_BYTES = 3
    answer = logged_in(user).post("/files/", {"file": SimpleUploadedFile("a.txt", b"hello")})
    assert "A file may have 3 bytes at most" in text_of(answer)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_the_same_number_of_queries(
    api, user, number, django_assert_max_num_queries
):
    for _ in range(number):
        upload(api)
    page = logged_in(user)
    with django_assert_max_num_queries(6):
        page.get("/files/")
