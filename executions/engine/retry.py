"""When a failed attempt is worth another one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

RETRY = "retry"  # what a firing waits for between two attempts
_MAX_EXPONENT = 100  # beyond it a float overflows, long after the hour is reached
MAX_LOSSES = 3  # a node execution that takes its worker down this often is poison


@dataclass(frozen=True, slots=True)
class NodePolicy:
    """How a node deals with failure; kept in its metadata as `retry` and `timeout`.

    The n-th retry waits `base * factor ** (n - 1)` seconds, at most an hour.
    """

    retries: int = 0
    base: float = 1.0
    factor: float = 2.0
    timeout: float | None = None  # seconds; None takes the block's own

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any]) -> Self:
        """Read the policy of a node."""
        retry = metadata.get("retry") or {}
        return cls(
            retries=int(retry.get("count", 0)),
            base=float(retry.get("base", 1.0)),
            factor=float(retry.get("factor", 2.0)),
            timeout=metadata.get("timeout"),
        )

    def next_delay(self, failures: int) -> float | None:
        """Seconds to wait after the n-th failure, or None when it was the last attempt."""
        if failures > self.retries:
            return None
        return min(self.base * self.factor ** min(failures - 1, _MAX_EXPONENT), 3600.0)
