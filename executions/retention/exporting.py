"""Makes copies of people's data; everybody has one at most, the newest.

A row is the job: who is killed while it is made is taken over from when the lease ends.
"""

import tempfile
import zipfile
from contextlib import suppress
from datetime import timedelta

import orjson
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.models import User
from executions import failpoints, outbox
from executions.files.models import StoredFile
from executions.retention.collecting import documents_of, files_of
from executions.retention.models import DataExport

LEASE = timedelta(minutes=15)  # longer than making one takes
KEPT = timedelta(days=7)
MAX_ATTEMPTS = 3
TASK = "retention.export"
_IN_MEMORY = 5_000_000  # bytes
_PIECE = 262_144

Status = DataExport.Status


def ask(user: User) -> DataExport:
    """Have a copy made; one that is being made already is the one."""
    made = DataExport.objects.filter(user=user, status=Status.QUEUED).first()
    if made is None:
        made = DataExport.objects.create(user=user)
        record(Action.EXPORT, actor=user, target=f"all data: {made.pk}")
        transaction.on_commit(lambda: outbox.send_wake_up(TASK, str(made.pk)), robust=True)
    return made


def work_off() -> int:
    """Make what was asked for; returns how many."""
    count = 0
    while (job := _claim()) is not None:
        _make(job)
        count += 1
    return count


@transaction.atomic
def _claim() -> DataExport | None:
    free = Q(lease_until=None) | Q(lease_until__lt=Now())
    rows = DataExport.objects.select_for_update(skip_locked=True, of=("self",))
    job = rows.filter(free, status=Status.QUEUED).select_related("user").first()
    if job is None:
        return None
    ours = DataExport.objects.filter(pk=job.pk)
    if job.attempts >= MAX_ATTEMPTS:
        ours.update(status=Status.FAILED)
        return None
    ours.update(attempts=F("attempts") + 1, lease_until=Now() + LEASE)
    return job


def _make(job: DataExport) -> None:
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in documents_of(job.user):
                options = orjson.OPT_INDENT_2 | orjson.OPT_PASSTHROUGH_SUBCLASS
                archive.writestr(name, orjson.dumps(content, default=_plain, option=options))
            for name, stored in files_of(job.user):
                _copy(archive, name, stored)
        failpoints.hit("export.made")
        size = file.tell()
        file.seek(0)
        default_storage.delete(_place(job))  # what was left by whoever was killed here
        place = default_storage.save(_place(job), File(file))
    done = DataExport.objects.filter(pk=job.pk, status=Status.QUEUED)
    done.update(status=Status.READY, content=place, size=size, lease_until=None)
    for older in DataExport.objects.filter(user=job.user).exclude(pk=job.pk):
        delete(older)


def _copy(archive: zipfile.ZipFile, name: str, file: StoredFile) -> None:
    """Piece by piece; one that the storage has lost is left out, as `files.json` still names it."""
    with (
        suppress(FileNotFoundError),
        default_storage.open(file.place) as source,
        archive.open(name, "w", force_zip64=True) as target,
    ):
        for piece in source.chunks(_PIECE):
            target.write(piece)


def _place(job: DataExport) -> str:
    """Deeper than files of users lie, whose sweep takes what has no row of theirs."""
    return f"exports/{job.user_id}/{job.pk}.zip"


def _plain(value: object) -> object:
    """Lists and dictionaries of the framework as those of JSON."""
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, list):
        return list(value)
    return str(value)


def forget_old() -> None:
    """Delete copies that were there for long enough."""
    for old in DataExport.objects.filter(created_at__lt=timezone.now() - KEPT):
        delete(old)


def delete(job: DataExport) -> None:
    """Delete a copy, its file first: a kill leaves a row that is found again."""
    default_storage.delete(_place(job))
    job.delete()
