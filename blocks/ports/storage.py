"""What outlives an attempt: kept values and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

MAX_KEPT_KEY = 200  # characters
MAX_KEPT_BYTES = 1_000_000


@dataclass(frozen=True)
class Kept:
    """A value that was kept, which may be null."""

    value: Any


@dataclass(frozen=True)
class KeptUnder(Kept):
    """A value that was kept, and its key."""

    key: str


class Storage(Protocol):
    """Values that outlive a run, of the user who runs the graph.

    Those of this graph or, if they are shared, of all graphs of the user. Changes by several runs at once come one
    after the other, and a change happens once, however often its attempt is begun.
    """

    def keep(self, key: str, value: Any, *, is_shared: bool) -> None:
        """Keep the value for later runs.

        Raises `BlockError` (`output_too_large`, `storage_quota`).
        """
        ...

    def find(self, key: str, *, is_shared: bool) -> Kept | None:
        """What was kept last under this key."""
        ...

    def append(self, key: str, value: Any, *, most: int, is_shared: bool) -> Sequence[Any]:
        """Put the value at the end of a list, of which the last `most` stay; returns the list.

        Raises `BlockError`, also where something else is kept under this key.
        """
        ...

    def add(self, key: str, amount: float, *, is_shared: bool) -> float:
        """Add to a number, which begins at 0; returns the sum. Raises `BlockError`, as `append` does."""
        ...

    def delete(self, key: str, *, is_shared: bool) -> bool:
        """Forget the value; False when there was none."""
        ...

    def list(self, prefix: str, limit: int, *, is_shared: bool) -> Sequence[KeptUnder]:
        """The values whose keys begin so, in the order of the keys. Raises `BlockError` (`output_too_large`)."""
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
