"""What the model knows at one moment: the rows of a run, its workers, wake-ups on their way, and what really happened."""

from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from executions.engine.status import Status

NOBODY = -1
DEAD = -2  # the holder is a worker process that has ended; its advisory lock is free
WHOLE_RUN = -1  # the wake-up that names the run; others name a position


class Mode(IntEnum):
    """What a worker process does."""

    UP = 0
    HUNG = 1  # stopped, or cut off: it neither works nor beats, and may come back
    DOWN = 2


class Record(NamedTuple):
    """A node execution's row; its position is its place in `State.records`."""

    node_id: str
    status: Status
    inputs: str = "{}"
    scope: str = "[]"
    outputs: str = "[]"
    error: str | None = None
    is_delivered: bool = True
    for_advance: bool = False
    fence: int = 0
    failures: int = 0
    losses: int = 0
    holder: int = NOBODY
    is_leased: bool = False
    has_begun: bool = False  # the effect marker
    ended_by: int = 0  # the fence of the attempt whose outcome it has


class Held(NamedTuple):
    """An attempt as its worker knows it."""

    position: int
    fence: int
    phase: str = "claimed"  # then "may act", then how it ended: "ok" or "failed"
    is_fresh: bool = True  # its lease has not run out on the database's clock


class Worker(NamedTuple):
    """A worker process."""

    mode: Mode = Mode.UP
    held: tuple[Held, ...] = ()


class State(NamedTuple):
    """Everything at one moment."""

    run: Status
    records: tuple[Record, ...]
    workers: tuple[Worker, ...]
    effects: tuple[tuple[int, int], ...] = ()  # (position, idempotency key), sorted
    wake_ups: tuple[int, ...] = ()

    def with_record(self, position: int, **changes: object) -> "State":
        """The same with one row changed."""
        records = list(self.records)
        records[position] = records[position]._replace(**changes)
        return self._replace(records=tuple(records))

    def with_worker(self, index: int, **changes: object) -> "State":
        """The same with one worker changed."""
        workers = list(self.workers)
        workers[index] = workers[index]._replace(**changes)
        return self._replace(workers=tuple(workers))

    def let_go(self, index: int, held: Held) -> "State":
        """The same after a worker is done with an attempt."""
        rest = tuple(each for each in self.workers[index].held if each != held)
        return self.with_worker(index, held=rest)

    @property
    def canonical(self) -> "State":
        """One state for all that differ in nothing but the numbers of the workers."""
        if all(one < other for one, other in pairwise(self.workers)):
            return self
        order = sorted(range(len(self.workers)), key=self._view)
        if order == sorted(order):
            return self
        place = {old: new for new, old in enumerate(order)}
        return self._replace(
            workers=tuple(self.workers[old] for old in order),
            records=tuple(
                record._replace(holder=place.get(record.holder, record.holder))
                for record in self.records
            ),
        )

    def _view(self, index: int) -> tuple[object, ...]:
        """A worker and the rows that name it."""
        named = tuple(record.holder == index for record in self.records)
        return (self.workers[index], named)
