"""Whose turn it is to work on a run, and the run as that worker sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from executions.engine.status import Status


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


def take_turn(execution_id: UUID) -> bool:
    """Become the one who works on this run until the transaction ends; False when another one does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_lock_key(execution_id)])
        return bool(cursor.fetchone()[0])


def wait_for_turn(execution_id: UUID) -> None:
    """Become the one who works on this run until the transaction ends, after whoever does so now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_lock_key(execution_id)])


def _lock_key(execution_id: UUID) -> int:
    return int.from_bytes(execution_id.bytes[8:], signed=True)


def read_run(execution_id: UUID) -> Run | None:
    """The run's row; None when it was deleted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id, e.graph_id, e.version_id, e.user_id, u.timezone, e.status, e.node_count, e.error_count,"
            " e.created_at, e.parent_id, clock_timestamp()"
            " FROM executions_execution e JOIN accounts_user u ON u.id = e.user_id WHERE e.id = %s",
            [execution_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    id_, graph_id, version_id, user_id, zone, status, *rest = row
    return Run(id_, graph_id, version_id, user_id, zone, Status(status), *rest)


def database_now() -> datetime:
    """The time on the database's clock, the only one that runs are measured by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now
