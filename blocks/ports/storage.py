"""What outlives an attempt: kept values and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

MAX_KEPT_KEY = 200  # characters
MAX_KEPT_BYTES = 1_000_000


@dataclass(frozen=True)
class Kept:
    """A value that was kept, which may be null."""

    value: Any


class Storage(Protocol):
    """Values that outlive a run, of the user who runs the graph."""

    def keep(self, key: str, value: Any, *, is_shared: bool) -> None:
        """Keep the value for later runs of this graph or, if it is shared, of all graphs of the user.

        Raises `BlockError` (`output_too_large`, `storage_quota`).
        """
        ...

    def find(self, key: str, *, is_shared: bool) -> Kept | None:
        """What was kept last under this key."""
        ...


@dataclass(frozen=True)
class FileContent:
    """A stored file."""

    content: bytes
    content_type: str
    name: str


@dataclass(frozen=True)
class FileFacts:
    """What is known of a stored file; `uri` is how values refer to it."""

    uri: str
    name: str
    content_type: str
    size: int


class Files(Protocol):
    """The files of the user who runs the graph."""

    def read(self, id_: str) -> FileContent:
        """The file with this id. Raises `BlockError` (`file_missing`)."""
        ...

    def write(
        self, name: str, content: bytes, *, content_type: str = "", lasting: bool = False
    ) -> str:
        """Keep a file, until the run is deleted or, if it is lasting, for good; returns how values refer to it.

        Raises `BlockError` (`file_too_large`, `storage_quota`, `storage_full`).
        """
        ...

    def list(self, search: str, limit: int) -> list[FileFacts]:
        """The lasting files and those of this run with this in their names, newest first."""
        ...
