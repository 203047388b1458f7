"""When a failed attempt is worth another one, and what else a node's metadata says of how it runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Self

from executions.engine.firing import Outcome

RETRY = "retry"  # what a firing waits for between two attempts
ANY = "any"  # in `retry.on`: every error
_MAX_EXPONENT = 100  # beyond it a float overflows, long after the hour is reached
MAX_LOSSES = 3  # a node execution that takes its worker down this often is poison


@dataclass(frozen=True, slots=True)
class NodePolicy:
    """How a node runs; kept in its metadata as `retry`, `timeout`, `fallback` and `priority`.

    The n-th retry waits `base * factor ** (n - 1)` seconds, at most an hour, and up to `jitter` times that longer.
    """

    retries: int = 0
    base: float = 1.0
    factor: float = 2.0
    jitter: float = 0.0
    retry_on: frozenset[str] | None = None  # error codes; None: those that say so themselves
    timeout: float | None = None  # seconds; None takes the block's own
    fallback: Mapping[str, Any] | None = None  # what it sends instead of failing
    priority: int = 0  # of what is ready, the highest starts first

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any]) -> Self:
        """Read the policy of a node."""
        retry = metadata.get("retry") or {}
        return cls(
            retries=int(retry.get("count", 0)),
            base=float(retry.get("base", 1.0)),
            factor=float(retry.get("factor", 2.0)),
            jitter=float(retry.get("jitter", 0.0)),
            retry_on=frozenset(retry["on"]) if retry.get("on") else None,
            timeout=metadata.get("timeout"),
            fallback=metadata.get("fallback"),
            priority=int(metadata.get("priority") or 0),
        )

    def wait_before_retry(self, outcome: Outcome, failures: int, key: object) -> float | None:
        """Seconds to wait after the n-th failed attempt, or None when it was the last; `key` seeds the jitter."""
        if outcome.error is None or failures > self.retries or not self._is_worth_it(outcome):
            return None
        delay = min(self.base * self.factor ** min(failures - 1, _MAX_EXPONENT), 3600.0)
        if not self.jitter:
            return delay
        return delay * (1 + self.jitter * Random(f"{key} {failures}").random())  # noqa: S311 - no secret

    def _is_worth_it(self, outcome: Outcome) -> bool:
        if self.retry_on is None:
            return outcome.retryable
        return ANY in self.retry_on or outcome.error_code in self.retry_on
