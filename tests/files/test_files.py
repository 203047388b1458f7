"""Keeping files: whole or not at all, within limits, under harmless names."""

import errno
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage, default_storage
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from accounts.models import User
from executions import services as executions
from executions.errors import FileTooLargeError, StorageFullError, StorageQuotaError
from executions.files import names, services
from executions.files.models import StoredFile
from tests.factories import ExecutionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def keep(user, content=b"hello", **options):
    return services.keep(user.pk, ContentFile(content), **({"name": "notes.txt"} | options))


def contents(tmp_path):
    return sorted(path.name for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\x.txt", "x.txt"),
        ("./.", "file"),
        (". .", "file"),
        ("/", "file"),
        ("a\x00b\nc\x1b.txt", "abc.txt"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("\ud800x", "x"),
        ("e\u0301.txt", "é.txt"),
        ("x" * 300, "x" * 150),
        ("茶" * 150, "茶" * 80),
        (" report.csv ", "report.csv"),
    ],
)
def test_a_name_is_made_harmless(given, name):
    assert names.clean_name(given) == name


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("text/html; charset=utf-8", "text/html"),
        ("TEXT/CSV", "text/csv"),
        ("x\r\nSet-Cookie: a=b", "text/plain"),
        ("", "text/plain"),
        ("#" * 500, "text/plain"),
    ],
)
def test_a_content_type_is_what_was_said_if_it_can_be_one(given, kind):
    assert names.clean_type(given, "a.txt") == kind


def test_the_content_lies_under_a_name_that_the_server_makes(user, tmp_path):
    file = keep(user, name="../../x.sh")
    assert file.name == "x.sh"
    assert "x.sh" not in file.content.name
    assert services.read(file) == b"hello"
    [path] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_same_id_replaces_the_file(user, tmp_path):
    first = keep(user)
    second = keep(user, b"other", id=first.pk)
    assert services.read(StoredFile.objects.get()) == b"other"
    assert contents(tmp_path) == [second.content.name.partition("/")[2]]


def test_a_file_over_the_limit_is_refused(user, settings, tmp_path):
    settings.MAX_FILE_BYTES = 4
    with pytest.raises(FileTooLargeError):
        keep(user)
    assert contents(tmp_path) == []


def test_the_quota_holds_for_many_at_once(user, settings, tmp_path):
    settings.FILE_QUOTA_BYTES = 12
    barrier = Barrier(8)

    def attempt(_):
        barrier.wait()
        try:
            keep(user)
        except StorageQuotaError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 2
    assert len(contents(tmp_path)) == 2


def test_an_upload_waits_until_another_one_of_its_user_is_counted(user, tmp_path):
    def impatient():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '50ms'")
            keep(user)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        with pytest.raises(OperationalError, match="lock timeout"):
            pool.submit(impatient).result()
    assert contents(tmp_path) == []


def test_a_run_has_a_limit_of_its_own(user, settings):
    settings.RUN_FILES_BYTES = 8
    run = ExecutionFactory(user=user)
    keep(user, execution_id=run.pk)
    with pytest.raises(StorageQuotaError, match="one run"):
        keep(user, execution_id=run.pk)
    keep(user)


def test_a_full_disk_is_told_and_leaves_nothing(user, tmp_path, monkeypatch):
    whole = FileSystemStorage._save

    def full(self, name, content):
        whole(self, name, ContentFile(b"hel"))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(StorageFullError):
        keep(user)
    assert contents(tmp_path) == []
    assert not StoredFile.objects.exists()


def test_files_of_a_run_go_with_it_and_others_stay(user, tmp_path):
    run = ExecutionFactory(user=user)
    keep(user, execution_id=run.pk)
    lasting = keep(user)
    executions.delete_execution(run)
    assert list(StoredFile.objects.all()) == [lasting]
    assert contents(tmp_path) == [lasting.content.name.partition("/")[2]]


def test_the_sweep_removes_what_a_crash_has_left_and_nothing_young(user, monkeypatch, tmp_path):
    kept = keep(user)
    orphan = default_storage.save(f"{user.pk}/orphan", ContentFile(b"x"))
    run = ExecutionFactory(user=user)
    of_deleted = keep(user, execution_id=run.pk)
    run.deleted_at = timezone.now()
    run.save()

    assert services.sweep() == 1
    assert not StoredFile.objects.filter(pk=of_deleted.pk).exists()
    assert default_storage.exists(orphan)
    long_ago = timezone.now() - timedelta(hours=2)
    monkeypatch.setattr(default_storage, "get_modified_time", lambda name: long_ago)
    assert services.sweep() == 1
    assert contents(tmp_path) == [kept.content.name.partition("/")[2]]


def test_files_of_a_deleted_user_are_swept_up(user, monkeypatch, tmp_path):
    keep(user)
    user.delete()
    long_ago = timezone.now() - timedelta(hours=2)
    monkeypatch.setattr(default_storage, "get_modified_time", lambda name: long_ago)
    services.sweep()
    assert contents(tmp_path) == []


class Bucket(InMemoryStorage):
    """Has no folders: like S3, it cannot be asked whether the place above all names is there."""

    def exists(self, name):
        if not name:
            raise ValueError("Invalid length for parameter Key")
        return super().exists(name)


def test_another_storage_of_djangos_does_as_well(user, settings):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "tests.files.test_files.Bucket"}
    }
    file = keep(user)
    assert services.read(file) == b"hello"
    services.sweep()
    services.delete(file)
    assert not default_storage.exists(file.content.name)
