"""Files of users in an object store that speaks S3; needs the extra `s3`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from storages.backends.s3 import S3Storage

_CLIENT = Config(
    connect_timeout=5,  # seconds
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 3},
    # Not every server that speaks S3 knows the newer checksums.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class S3Files(S3Storage):  # type: ignore[misc]  # it has no types
    """The options are those of django-storages. A store that is away or refuses is an `OSError`, as a disk's failures are."""

    def get_default_settings(self) -> dict[str, Any]:
        """Private objects, in a place that is given up soon."""
        return {**super().get_default_settings(), "client_config": _CLIENT, "default_acl": None}

    def _save(self, name: str, content: Any) -> str:
        with _as_of_a_disk():
            return str(super()._save(name, content))

    def _open(self, name: str, mode: str = "rb") -> "ContentFile[bytes]":
        with _as_of_a_disk(), super()._open(name, mode) as file:
            return ContentFile(file.read(), name)

    def delete(self, name: str) -> None:
        """Remove it; what is not there is no error."""
        with _as_of_a_disk():
            super().delete(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        """Folders and files."""
        with _as_of_a_disk():
            folders, files = super().listdir(name)
        return folders, files

    def get_modified_time(self, name: str) -> datetime:
        """When it was written."""
        with _as_of_a_disk():
            moment: datetime = super().get_modified_time(name)
        return moment


@contextmanager
def _as_of_a_disk() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OSError(str(error)) from error
