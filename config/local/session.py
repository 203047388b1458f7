"""Joins the servers of a data folder if they run, else runs them for as long as needed."""

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from config.local import private
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import DataFolder
from config.local.lock import FileLock, Owner, OwnerLock
from config.local.postgres import Postgres
from config.local.processes import stop_leftovers, wait_until
from config.local.servers import environment, servers_of, start_servers
from config.local.supervisor import GRACE_SECONDS, Supervisor

UP = "up"


@dataclass(frozen=True)
class Session:
    """Servers that answer; the supervisor is there if this process runs them."""

    env: dict[str, str]
    owner: str = ""
    supervisor: Supervisor | None = None

    def tick(self) -> None:
        """Look after the servers, if that is this process's job."""
        if self.supervisor:
            self.supervisor.tick()


@contextlib.contextmanager
def running_servers(
    folder: DataFolder, console: Console, *, durable: bool = True
) -> Iterator[Supervisor]:
    """Start the servers, stop them at the end. The caller owns the folder."""
    with Supervisor(folder.records, console) as supervisor:
        start_servers(supervisor, servers_of(folder, durable=durable))
        yield supervisor


@contextlib.contextmanager
def owned(folder: DataFolder, purpose: str, console: Console) -> Iterator[OwnerLock]:
    """Be the one who runs this folder's servers, or say who already does."""
    lock = OwnerLock(folder.path / "owner.lock")
    # A guest that asks whether its owner still lives holds the lock for an instant.
    if not wait_until(lambda: lock.own(purpose), 1.0):
        owner = lock.owner()
        whose = f"`./dev {owner.purpose}` (process {owner.pid})" if owner else "another `./dev`"
        raise SetupError(
            f"{folder.path} is in use by {whose}. Stop it, or choose another folder with --data."
        )
    try:
        _end_leftovers(folder, console)
        yield lock
    finally:
        lock.disown()


@contextlib.contextmanager
def joined(
    folder: DataFolder, purpose: str, console: Console, *, fill: Callable[[Session], None]
) -> Iterator[Session]:
    """The servers of whoever runs them; if nobody does, of this process until the block ends.

    `fill` is called for a new, empty database before anybody else sees it.
    """
    if not servers_of(folder):
        yield Session(environment(folder))
        return
    lock = OwnerLock(folder.path / "owner.lock")
    guests = FileLock(folder.path / "guests.lock")
    while True:
        if lock.own(purpose):
            with _as_owner(folder, lock, guests, console) as supervisor:
                session = Session(environment(folder), purpose, supervisor)
                if not os.environ.get("DATABASE_URL") and Postgres.of(folder).is_empty():
                    fill(session)
                lock.announce_ready()
                yield session
            return
        guests.acquire(shared=True, wait=True)
        owner = _ready_owner(lock)
        if owner:
            with contextlib.closing(guests):
                yield Session(environment(folder), owner.purpose)
            return
        guests.close()


@contextlib.contextmanager
def throwaway(console: Console, *, durable: bool = False) -> Iterator[Session]:
    """An installation of its own in a temporary folder, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="agentloom-") as path:
        folder = DataFolder.open(Path(path))
        try:
            with running_servers(folder, console, durable=durable) as supervisor:
                yield Session(environment(folder), supervisor=supervisor)
        finally:
            private.remove(folder)


@contextlib.contextmanager
def _as_owner(
    folder: DataFolder, lock: OwnerLock, guests: FileLock, console: Console
) -> Iterator[Supervisor]:
    """Guests may still need the servers when the owner is done, so the owner waits for them."""
    try:
        _end_leftovers(folder, console)
        with running_servers(folder, console) as supervisor:
            yield supervisor
            guests.acquire(wait=True)
    finally:
        lock.disown()
        guests.close()


def _end_leftovers(folder: DataFolder, console: Console) -> None:
    for name in stop_leftovers(folder.records, grace=GRACE_SECONDS):
        console.say(f"stopped {name}, left over from an earlier start")


def _ready_owner(lock: OwnerLock) -> Owner | None:
    """Wait until the owner's servers are ready; None when there is no owner any more."""
    while True:
        if lock.acquire():
            lock.close()
            return None
        owner = lock.owner()
        if owner and owner.is_ready:
            return owner
        time.sleep(0.05)
