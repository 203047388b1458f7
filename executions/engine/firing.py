"""A firing: one run of one node. What the engine knows of a node execution."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from executions.engine.status import Status

PinValues = Sequence[tuple[str, Any]]


@dataclass(slots=True)
class Outcome:
    """How an attempt ended. Values that came before a failure count: they are in `outputs`, and so is `error`."""

    outputs: PinValues
    error: str | None = None
    error_code: str = ""
    retryable: bool = False
    outputs_json: str = ""  # `outputs` as they are stored, once that is known


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
    delay: float | None = None  # seconds until the next attempt, while it waits for one
    is_stored: bool = False  # has a row
