"""Files in an object store, against a server that speaks S3."""

from uuid import uuid4

import pytest
from django.core.files.base import ContentFile

from blocks.base import BlockError
from blocks.registry import find
from executions import services as runs
from executions.errors import StorageAwayError
from executions.files import services
from executions.files.models import StoredFile
from executions.files.port import RunFiles
from tests.files.object_store import running_store, storage_at

pytestmark = pytest.mark.django_db(transaction=True)
FILES = "/api/files"
TEA = "data:text/plain,tea"


@pytest.fixture
def store(settings):
    with running_store() as running:
        settings.STORAGES = settings.STORAGES | {"default": storage_at(running.url)}
        yield running


def keep(user, content=b"hello"):
    return services.keep(user.pk, ContentFile(content), name="notes.txt")


def run(user, block_id, **inputs):
    return runs.run_block(block=find(block_id), user=user, inputs=inputs)


def test_a_file_is_stored_read_and_deleted_there(user, store):
    file = keep(user)
    assert store.objects == {file.place: b"hello"}
    assert services.read(file) == b"hello"
    services.delete(file)
    assert store.objects == {}


def test_a_file_is_uploaded_and_downloaded_by_the_api(api, store):
    made = api.post(FILES, {"file": ContentFile(b"hello", "a.txt")}, format="multipart").json()
    assert api.get(f"{FILES}/{made['id']}/download").content == b"hello"


def test_nodes_write_and_read_there(user, store):
    stored = run(user, "file_store_block", file_in=TEA)
    assert list(store.objects.values()) == [b"tea"]
    assert run(user, "file_read_block", file_input=stored["file_out"][0]) == {"content": ["tea"]}


def test_what_a_crash_has_left_is_swept_up(user, store):
    file = keep(user)
    store.objects[f"{user.pk}/left"] = b"x"
    assert services.sweep() == 1
    assert list(store.objects) == [file.place]


def test_an_object_that_is_gone_is_told_as_lost(user, store):
    file = keep(user)
    store.objects.clear()
    with pytest.raises(FileNotFoundError):
        services.read(file)


@pytest.mark.parametrize("status", [403, 500, 503])
def test_a_store_that_refuses_leaves_nothing_and_may_be_tried_again(user, api, store, status):
    file = keep(user)
    store.refuses = status
    with pytest.raises(StorageAwayError):
        keep(user)
    assert StoredFile.objects.get() == file
    answer = api.get(f"{FILES}/{file.pk}/download")
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (503, "storage_away")
    with pytest.raises(BlockError) as failure:
        RunFiles(user.pk, None, uuid4()).read(str(file.pk))
    assert (failure.value.code, failure.value.retryable) == ("storage_away", True)


def test_a_store_that_nobody_reaches_may_be_tried_again(user, settings):
    away = {"default": storage_at("http://127.0.0.1:9")}
    settings.STORAGES = settings.STORAGES | away
    with pytest.raises(StorageAwayError, match="does not answer"):
        keep(user)
    assert not StoredFile.objects.exists()


def test_deleting_a_file_does_not_wait_for_a_store_that_is_away(user, store):
    file = keep(user)
    store.refuses = 503
    services.delete(file)
    assert not StoredFile.objects.exists()
    assert store.objects  # until it is swept up
