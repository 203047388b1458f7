"""The attempts that this process runs, each in a slot: a thread that runs a block and nothing else."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from blocks import registry
from executions import plans
from executions.attempts.claims import Attempt

logger = logging.getLogger(__name__)


class Inline(Executor):
    """Runs everything in the caller's thread: for processes that are no workers."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run it now."""
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@dataclass(frozen=True, slots=True)
class Held:
    """An attempt that this process is running."""

    attempt: Attempt
    end_at: float  # on the monotonic clock; it has timed out after that
    cancelled: threading.Event = field(default_factory=threading.Event)  # tells it to give up

    @property
    def key(self) -> tuple[UUID, int]:
        """A process may have two attempts of one node execution: one that hangs, and the next one."""
        return self.attempt.id, self.attempt.fence


class Slots:
    """The attempts that this process is running."""

    def __init__(self, executor: Executor, size: int, run: Callable[[Held], None]) -> None:
        self._executor = executor
        self._run = run
        self._size = size
        self.has_backlog = False  # more may be queued than there were slots for
        self._held: dict[tuple[UUID, int], Held] = {}
        self._kept = 0  # for what is being claimed
        self._lock = threading.Lock()
        self.is_open = True

    @property
    def free(self) -> int:
        """How many more attempts may be started here."""
        return max(0, self._size - len(self._held) - self._kept) if self.is_open else 0

    @contextmanager
    def room(self) -> Iterator[Callable[[int], int]]:
        """Keep slots for what is claimed inside; what is called gives how many of so many there are.

        Without it threads that claim at once would each count on all that are free.
        """
        kept = 0

        def keep(wanted: int) -> int:
            nonlocal kept
            with self._lock:
                given = min(wanted, self.free)
                self._kept += given
            kept += given
            return given

        try:
            yield keep
        finally:
            with self._lock:
                self._kept -= kept

    def start(self, attempt: Attempt) -> None:
        """Run a claimed attempt."""
        held = Held(attempt, time.monotonic() + timeout_of(attempt))
        with self._lock:
            self._held[held.key] = held
        self._executor.submit(self._run, held).add_done_callback(report_failure)

    def end(self, attempt: Attempt) -> None:
        """The attempt is over."""
        with self._lock:
            self._held.pop((attempt.id, attempt.fence), None)

    def held(self) -> list[Held]:
        """What runs now."""
        with self._lock:
            return list(self._held.values())


def timeout_of(attempt: Attempt) -> float:
    """Seconds that an attempt may take: what the node says, else what its block says."""
    policy = plans.of_version(attempt.version_id).nodes[attempt.node_id].policy
    block = registry.find(attempt.block_id)
    return policy.timeout or (block.timeout if block else 0)


def report_failure(future: Future[Any]) -> None:
    """A bug that ends a thread must not go unseen; its work is found again."""
    error = future.exception()
    if error:
        logger.error("A thread of this worker failed", exc_info=error)
