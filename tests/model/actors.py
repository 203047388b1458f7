"""Workers that live in the test's own thread: each does the next thing when it is told to, with the product's code."""

from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from itertools import count
from uuid import uuid4

from django.db import connection
from django.db.models.functions import Now

from executions.engine.firing import Outcome
from executions.engine.status import Status
from executions.models import NodeExecution, Worker
from executions.workers import recovery, work

SLOTS = 3
_lock_keys = count(1_000)


class Parked(Executor):
    """Keeps what was to run in a thread until the test runs it."""

    def __init__(self) -> None:
        self.jobs: list[work.Held] = []

    def submit(self, fn, /, *args, **kwargs):
        """Keep it."""
        assert fn is work._run_slot
        self.jobs.append(args[0])
        return Future()


@contextmanager
def _changes_no_later_attempt(held: work.Held) -> Iterator[None]:
    """Whoever has lost an attempt may end it, and nothing of that comes to its successor."""
    rows = NodeExecution.objects.filter(pk=held.attempt.id, fence__gt=held.attempt.fence)
    had_successor = rows.filter(status=Status.RUNNING, for_advance=False).exists()
    yield
    if had_successor:
        row = rows.get()
        is_untouched = row.status == Status.RUNNING and not row.for_advance
        assert is_untouched or row.status == Status.CANCELLED, "a late outcome was taken"


class Actor:
    """One worker process: alive from the start, until it `dies`."""

    def __init__(self, locks: connection.__class__) -> None:
        self.id = uuid4()
        self._locks = locks
        self._lock_key = next(_lock_keys)
        self._parked = Parked()
        self.ended: list[tuple[work.Held, Outcome]] = []  # not committed yet
        self._slots = work.Slots(self._parked, SLOTS, work._run_slot)
        Worker.objects.create(
            id=self.id, host="here", pid=1, lock_key=self._lock_key, seen_at=Now()
        )
        self._locks.execute(
            "SELECT pg_advisory_lock(%s, %s)", [recovery.LOCK_CLASS, self._lock_key]
        )

    @property
    def jobs(self) -> list[work.Held]:
        """The attempts whose block has not run yet, oldest first."""
        return self._parked.jobs

    @contextmanager
    def acting(self) -> Iterator[None]:
        """For the time of the block, the product's code runs as this worker."""
        before = work.WORKER_ID, work._slots
        work.WORKER_ID, work._slots = self.id, self._slots
        try:
            yield
        finally:
            work.WORKER_ID, work._slots = before

    def do(self, found: recovery.Found) -> None:
        """What `worker.Keeper` does with what was found."""
        with self.acting():
            for run_id in found.runs:
                work.advance(run_id)
            for node_execution_id in found.nodes:
                work.run_nodes([node_execution_id])

    def finish(self, held: work.Held) -> None:
        """Run the block and commit, in one go."""
        self.jobs.remove(held)
        with self.acting(), _changes_no_later_attempt(held):
            work._run_slot(held)

    def run_block(self, held: work.Held) -> None:
        """Run the block and keep the outcome back."""
        self.jobs.remove(held)
        with self.acting():
            self.ended.append((held, work.outcome_of(held)))

    def commit(self, held: work.Held, outcome: Outcome) -> None:
        """Commit an outcome that was kept back."""
        self.ended.remove((held, outcome))
        with self.acting(), _changes_no_later_attempt(held):
            work._commit_one((held.attempt, outcome))

    def time_out(self, held: work.Held) -> None:
        """What `worker.Keeper` does when an attempt took too long; its thread goes on."""
        with self.acting():
            work.time_out(held)

    def beat(self) -> None:
        """Extend the leases."""
        with self.acting():
            work.keep_alive()

    def held(self) -> list[work.Held]:
        """The attempts whose leases it extends."""
        return self._slots.held()

    def dies(self) -> None:
        """Its lock is free, its threads are gone."""
        self._locks.execute(
            "SELECT pg_advisory_unlock(%s, %s)", [recovery.LOCK_CLASS, self._lock_key]
        )
        Worker.objects.filter(id=self.id).update(seen_at="2020-01-01T00:00:00Z")
        self.jobs.clear()
        self.ended.clear()
