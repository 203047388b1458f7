"""The `files` port: what a block may do with the files of the user who runs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from uuid import UUID, uuid5

from django.core.files.base import ContentFile

from blocks.base import BlockError
from blocks.ports import FileContent, FileFacts
from executions.attempts.connections import freed
from executions.errors import (
    FileTooLargeError,
    StorageAwayError,
    StorageError,
    StorageFullError,
    StorageQuotaError,
)
from executions.files import services
from executions.files.models import StoredFile

_CODES = {
    FileTooLargeError: "file_too_large",
    StorageQuotaError: "storage_quota",
    StorageFullError: "storage_full",
    StorageAwayError: "storage_away",
}


class RunFiles:
    """For one attempt; `execution_id` is None for a block that is run by itself, whose files last."""

    def __init__(self, owner_id: UUID, execution_id: UUID | None, attempt_id: UUID) -> None:
        self._owner_id = owner_id
        self._execution_id = execution_id
        self._attempt_id = attempt_id
        self._numbers = count()

    def read(self, id_: str) -> FileContent:
        """The file with this id, if it is the user's. Raises `BlockError`."""
        with freed(), _failures():
            file = self._find(id_)
            try:
                content = services.read(file)
            except FileNotFoundError:
                raise BlockError(
                    f'The content of "{file.name}" is lost', code="file_missing"
                ) from None
        return FileContent(content, file.content_type, file.name)

    def write(
        self, name: str, content: bytes, *, content_type: str = "", lasting: bool = False
    ) -> str:
        """Keep a file, with the run unless it is to last; returns the reference. Raises `BlockError`."""
        # Every attempt of a node execution writes to the same ids, so that a second one leaves nothing twice.
        id_ = uuid5(self._attempt_id, str(next(self._numbers)))
        with freed(), _failures():
            file = services.keep(
                self._owner_id,
                ContentFile(content),
                name=name,
                content_type=content_type,
                execution_id=None if lasting else self._execution_id,
                id=id_,
            )
        return file.uri

    def list(self, search: str, limit: int) -> list[FileFacts]:
        """The user's lasting files and those of this run, newest first."""
        with freed():
            lasting = StoredFile.objects.filter(owner=self._owner_id, execution=None)
            of_run = StoredFile.objects.filter(
                owner=self._owner_id, execution=self._execution_id, execution__isnull=False
            )
            found = (lasting | of_run).matching(search).newest_first()[:limit]
            return [FileFacts(each.uri, each.name, each.content_type, each.size) for each in found]

    def _find(self, id_: str) -> StoredFile:
        try:
            file = StoredFile.objects.filter(pk=UUID(id_), owner=self._owner_id).first()
        except ValueError:
            file = None
        if file is None:
            raise BlockError(f"There is no file {id_[:60]} here (any more)", code="file_missing")
        return file


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except StorageError as error:
        raise BlockError(
            str(error),
            code=_CODES[type(error)],
            retryable=isinstance(error, StorageAwayError),
        ) from error
