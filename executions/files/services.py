"""Keeping, reading and removing files.

Rule 1: the content is written first, under a name of its own, and the row after it: what has a row is whole.
Rule 2: the row is removed first, and the content after the commit. What a crash leaves without a row is swept up.
"""

import errno
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from executions.errors import (
    FileTooLargeError,
    StorageAwayError,
    StorageFullError,
    StorageQuotaError,
)
from executions.files import names
from executions.files.models import StoredFile
from executions.models import Execution, new_id

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    Content = File[bytes]
else:
    Content = File  # generic for the type checker only

_FULL = (errno.ENOSPC, errno.EDQUOT)
_SWEEP_AFTER = timedelta(hours=1)  # nobody writes for so long


def keep(
    owner_id: UUID,
    content: Content,
    *,
    name: str,
    content_type: str = "",
    execution_id: UUID | None = None,
    id: UUID | None = None,
) -> StoredFile:
    """Store a file for this user, for as long as the run is there if one is named. The same id replaces it.

    Raises `StorageError`, of whatever kind; then nothing is kept.
    """
    if content.size > settings.MAX_FILE_BYTES:
        raise FileTooLargeError(
            _("A file may have %(bytes)s bytes at most") % {"bytes": f"{settings.MAX_FILE_BYTES:,}"}
        )
    clean = names.clean_name(name)
    row = StoredFile(
        id=id or new_id(),
        owner_id=owner_id,
        execution_id=execution_id,
        name=clean,
        content_type=names.clean_type(content_type, clean),
        size=content.size,
        sha256=_digest(content),
    )
    _require_room(row)
    row.content.name = _write(owner_id, content)
    try:
        _record(row)
    except BaseException:
        with suppress(OSError):  # what stays is swept up
            default_storage.delete(row.place)
        raise
    return row


def keep_upload(owner: User, file: "UploadedFile[bytes]") -> str:
    """Store what somebody has put into a form; returns how values refer to it. Raises as `keep` does."""
    return keep(owner.pk, file, name=file.name or "", content_type=file.content_type or "").uri


@transaction.atomic
def _record(row: StoredFile) -> None:
    # Of two uploads at once, the second one sees what the first one took.
    User.objects.select_for_update(no_key=True).get(pk=row.owner_id)
    _require_room(row)
    before = StoredFile.objects.filter(pk=row.pk, owner=row.owner_id).first()
    row.save(force_insert=before is None, force_update=before is not None)
    if before:
        _remove_after_commit(before.place)


def _require_room(row: StoredFile) -> None:
    others = StoredFile.objects.filter(owner=row.owner_id).exclude(pk=row.pk)
    if others.bytes() + row.size > settings.FILE_QUOTA_BYTES:
        raise StorageQuotaError(
            _("Your files may take %(bytes)s bytes together; delete some first")
            % {"bytes": f"{settings.FILE_QUOTA_BYTES:,}"}
        )
    if row.execution_id is None:
        return
    if others.filter(execution=row.execution_id).bytes() + row.size > settings.RUN_FILES_BYTES:
        raise StorageQuotaError(
            _("The files of one run may take %(bytes)s bytes together")
            % {"bytes": f"{settings.RUN_FILES_BYTES:,}"}
        )


def _write(owner_id: UUID, content: Content) -> str:
    content.seek(0)
    with _told_when_away():
        return default_storage.save(f"{owner_id}/{uuid4().hex}", content)


def _digest(content: Content) -> str:
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _told_when_away() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFullError(_("There is no room left to store files")) from error
        logger.exception("The storage of files fails")
        raise StorageAwayError(
            _("The place where files are kept does not answer; try again later")
        ) from error


def read(file: StoredFile) -> bytes:
    """Its content. Raises `FileNotFoundError` when the storage has lost it, and `StorageAwayError`."""
    with _told_when_away(), default_storage.open(file.place) as stream:
        return bytes(stream.read())


@transaction.atomic
def delete(file: StoredFile) -> None:
    """Remove a file."""
    _remove_after_commit(file.place)
    file.delete()


def _remove_after_commit(name: str) -> None:
    # A storage that is away fails nobody: what stays is swept up.
    transaction.on_commit(lambda: default_storage.delete(name), robust=True)


def delete_of_run(execution: Execution) -> None:
    """Remove what a run has written."""
    for file in StoredFile.objects.filter(execution=execution):
        delete(file)


def sweep() -> int:
    """Remove files of deleted runs, and contents without a row; returns how many."""
    removed = 0
    for file in StoredFile.objects.exclude(execution__deleted_at=None).exclude(execution=None):
        delete(file)
        removed += 1
    for name in _contents():
        if _is_left_over(name):
            default_storage.delete(name)
            removed += 1
    return removed


def _contents() -> Iterator[str]:
    try:
        owners = default_storage.listdir("")[0]
    except FileNotFoundError:  # the folder of a storage in which nothing has been kept yet
        return
    for owner in owners:
        for name in default_storage.listdir(owner)[1]:
            yield f"{owner}/{name}"


def _is_left_over(name: str) -> bool:
    if StoredFile.objects.filter(content=name).exists():
        return False
    return timezone.now() - default_storage.get_modified_time(name) > _SWEEP_AFTER
