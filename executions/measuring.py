"""What this process counts outside of transactions, until it is written down; and how times are sorted into buckets."""

import threading
from bisect import bisect_left
from collections.abc import Iterable, Sequence

# Upper bounds of the buckets, in seconds: from a pure block to a run that waits for people. What is above is in one more.
BOUNDS = (
    *(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0),
)
UNTIMED = -1  # the bucket of what has no duration

Key = tuple[str, tuple[str, ...], int]  # (measure, labels, bucket)
Increment = tuple[str, Sequence[str], int, int, float]  # (*key, count, seconds)


class Counts:
    """Sums, by measure, labels and bucket."""

    def __init__(self) -> None:
        self._sums: dict[Key, tuple[int, float]] = {}

    def add(
        self, measure: str, labels: tuple[str, ...], seconds: float | None = None, count: int = 1
    ) -> None:
        """Count something that took so long, if it took anything."""
        bucket = UNTIMED if seconds is None else bisect_left(BOUNDS, seconds)
        self.add_sum(measure, labels, bucket, count, seconds or 0.0)

    def add_sum(
        self, measure: str, labels: Sequence[str], bucket: int, count: int, seconds: float
    ) -> None:
        """Add what somebody else has counted."""
        key = (measure, tuple(labels), bucket)
        before = self._sums.get(key, (0, 0.0))
        self._sums[key] = (before[0] + count, before[1] + seconds)

    def increments(self) -> list[Increment]:
        """The sums as they are written down."""
        return [(*key, count, seconds) for key, (count, seconds) in self._sums.items()]


_lock = threading.Lock()
_counts = Counts()


def count(measure: str, *labels: str, seconds: float | None = None, count: int = 1) -> None:
    """Count something that no row tells of. What is not yet written down when the process is killed is lost."""
    with _lock:
        _counts.add(measure, labels, seconds, count)


def take() -> list[Increment]:
    """What was counted since the last time."""
    global _counts
    with _lock:
        taken, _counts = _counts, Counts()
    return taken.increments()


def give_back(increments: Iterable[Increment]) -> None:
    """What was taken could not be written down."""
    with _lock:
        for increment in increments:
            _counts.add_sum(*increment)
