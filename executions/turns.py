"""Whose turn it is to work on a run, and the run as that worker sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from executions.engine.status import Status
from executions.statements import Rows, Statement


@dataclass(frozen=True, slots=True)
class Run:
    """A run's row as a burst sees it, and the database's time."""

    id: UUID
    graph_id: UUID
    version_id: UUID
    user_id: UUID
    timezone: str
    status: Status
    node_count: int
    error_count: int
    created_at: datetime
    parent_id: UUID | None
    now: datetime


def take_turn(execution_id: UUID) -> Statement:
    """Become the one who works on this run until the transaction ends; gives false when another one does."""
    return Statement("SELECT pg_try_advisory_xact_lock(%s)", [_lock_key(execution_id)])


def wait_for_turn(execution_id: UUID) -> Statement:
    """Become the one who works on this run until the transaction ends, after whoever does so now."""
    return Statement("SELECT pg_advisory_xact_lock(%s)", [_lock_key(execution_id)])


def _lock_key(execution_id: UUID) -> int:
    return int.from_bytes(execution_id.bytes[8:], signed=True)


def read_run(execution_id: UUID) -> Statement:
    """Gives what `run_of` takes; nothing when the run was deleted."""
    return Statement(
        "SELECT e.id, e.graph_id, e.version_id, e.user_id, u.timezone, e.status, e.node_count, e.error_count,"
        " e.created_at, e.parent_id, clock_timestamp()"
        " FROM executions_execution e JOIN accounts_user u ON u.id = e.user_id WHERE e.id = %s",
        [execution_id],
    )


def run_of(rows: Rows) -> Run | None:
    """The run that was read."""
    if not rows:
        return None
    id_, graph_id, version_id, user_id, zone, status, *rest = rows[0]
    return Run(id_, graph_id, version_id, user_id, zone, Status(status), *rest)
