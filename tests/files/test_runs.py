"""Files in runs: given, read, written, and gone with them."""

import pytest
from django.core.files.base import ContentFile

from executions.files import services
from executions.files.models import StoredFile
from executions.files.port import RunFiles
from tests.executions.scene import drawing, run
from tests.pages.conftest import logged_in

pytestmark = pytest.mark.django_db(transaction=True)

READ = drawing(
    {"in": ("file_input_block", {"name": "file"}), "read": ("file_read_block", {})},
    ["in.result -> read.file_input"],
)
WRITE = drawing({"write": ("write_text_file_block", {"name": "a.txt", "text": "hello"})})


@pytest.fixture(autouse=True)
def _empty_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def keep(user, content=b"hello"):
    return services.keep(user.pk, ContentFile(content), name="notes.txt")


def test_a_run_reads_a_file_that_it_is_given(user):
    assert run(user, READ, file=keep(user).uri).outputs == {"content": ["hello"]}


@pytest.mark.parametrize("uri", ["workspace://nonsense", "workspace:///etc/passwd"])
def test_a_reference_that_names_nothing_fails_the_node(user, uri):
    assert (
        run(user, READ, file=uri).node_executions.get(node_id="read").error_code == "file_missing"
    )


def test_a_run_does_not_read_somebody_elses_file(user, stranger):
    node = run(user, READ, file=keep(stranger).uri).node_executions.get(node_id="read")
    assert node.error_code == "file_missing"


def test_what_a_run_writes_belongs_to_it_unless_it_is_to_last(user):
    execution = run(user, WRITE)
    file = StoredFile.objects.get()
    assert execution.outputs == {"file": [file.uri]}
    assert (file.execution_id, services.read(file)) == (execution.pk, b"hello")

    lasting = drawing(
        {"write": ("write_text_file_block", {"name": "b.txt", "text": "", "lasting": True})}
    )
    run(user, lasting)
    assert StoredFile.objects.get(name="b.txt").execution_id is None


def test_a_second_attempt_writes_no_second_file(user):
    execution = run(user, WRITE)
    node = execution.node_executions.get()
    again = RunFiles(user.pk, execution.pk, node.pk)
    assert again.write("a.txt", b"hello") == StoredFile.objects.get().uri


def test_a_run_lists_lasting_files_of_its_user_and_no_others(user, stranger):
    keep(user)
    keep(stranger)
    run(user, WRITE)
    listing = drawing({"list": ("list_files_block", {"search": ".txt"})})
    [files] = run(user, listing).outputs["files"]
    assert [each["name"] for each in files] == ["notes.txt"]


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("MAX_FILE_BYTES", "file_too_large"),
        ("FILE_QUOTA_BYTES", "storage_quota"),
        ("RUN_FILES_BYTES", "storage_quota"),
    ],
)
def test_a_limit_fails_the_node_with_its_code(user, settings, setting, code):
    setattr(settings, setting, 3)
    assert run(user, WRITE).node_executions.get().error_code == code


def test_the_page_of_a_run_leads_to_its_files(user):
    execution = run(user, WRITE)
    page = logged_in(user).get(f"/executions/{execution.pk}/").content.decode()
    assert f"/files/{StoredFile.objects.get().pk}/download/" in page


def test_a_block_run_by_itself_writes_a_file_that_lasts(api):
    answer = api.post("/api/blocks/write_text_file_block/execute", {"name": "a", "text": "b"})
    assert answer.json() == {"file": [StoredFile.objects.get().uri]}
