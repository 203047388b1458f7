"""Who runs the servers of a data folder: one owner; the others are its guests."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class Owner:
    """The process that runs the servers, and what for: "up", "manage" or "run"."""

    purpose: str
    pid: int
    is_ready: bool


class FileLock:
    """A lock the kernel takes back when its holder dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def acquire(self, *, shared: bool = False, wait: bool = False) -> bool:
        file = self.path.open("a+")
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(file, mode if wait else mode | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def close(self) -> None:
        """Give it back, if it is held."""
        if self._file:
            self._file.close()
            self._file = None


class OwnerLock(FileLock):
    """The owner's lock; the locked file says who the owner is."""

    def own(self, purpose: str) -> bool:
        if not self.acquire():
            return False
        self._write(f"{purpose} {os.getpid()} starting")
        return True

    def announce_ready(self) -> None:
        self._write(self.path.read_text().replace("starting", "ready"))

    def disown(self) -> None:
        self._write("")
        self.close()

    def owner(self) -> Owner | None:
        """None while the owner is writing its name."""
        match self.path.read_text().split():
            case [purpose, pid, state]:
                return Owner(purpose, int(pid), state == "ready")
            case _:
                return None

    def _write(self, text: str) -> None:
        # In place: a new file would not be the locked one.
        self.path.write_text(text)
