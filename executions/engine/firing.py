"""A firing: one run of one node. What the engine knows of a node execution."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from blocks.ports import Usage
from executions.engine.status import Status

PinValues = Sequence[tuple[str, Any]]
_SKIP = "skipped"

# Which item of which fan-out a firing works on, outermost first: (position of the for-each firing, index of the item).
Scope = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """What an attempt that did not end waits for: `seconds` to pass, an answer, or whichever comes first."""

    waits_for: str
    seconds: float | None = None
    memory: Any = None  # what it goes on with, beside the answer


@dataclass(slots=True)
class Outcome:
    """How an attempt ended. Values that came before a failure count: they are in `outputs`, and so is `error`.

    With `wait` it has not ended: the node goes on later, from the start, with an answer.
    """

    outputs: PinValues
    error: str | None = None
    error_code: str = ""
    retryable: bool = False
    outputs_json: str = ""  # `outputs` as they are stored, once that is known
    wait: Wait | None = None
    is_last: bool = False  # whether to try again has been decided: no
    used: Sequence[Usage] = ()  # of language models

    @property
    def is_skip(self) -> bool:
        """Whether the node was left out."""
        return self.error is None and self.error_code == _SKIP

    @classmethod
    def skip(cls) -> "Outcome":
        """Of a node that may be left out."""
        return cls([], error_code=_SKIP)


@dataclass(slots=True)
class Firing:
    """A node execution in memory. `position` counts the firings of a run in the order of their creation."""

    id: UUID
    node_id: str
    position: int
    status: Status
    inputs: dict[str, Any] = field(default_factory=dict)
    outcome: Outcome | None = None
    is_delivered: bool = True  # False while its outputs wait for an earlier firing of the same node
    attempts: int = 0
    failures: int = 0
    fence: int = 0  # above zero once a worker has claimed it
    started_at: datetime | None = None
    ended_at: datetime | None = None
    wait: Wait | None = None  # while it is WAITING
    answer: dict[str, Any] | None = None  # why it goes on after a wait: {"by": …, "data": …}
    scope: Scope = ()
    is_stored: bool = False  # has a row
    caller_id: UUID | None = (
        None  # the firing that called it: what it sends goes there, not along links
    )
    call_id: str = ""
