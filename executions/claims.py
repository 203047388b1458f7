"""Attempts on effectful node executions: claim, keep alive, end, take back from lost workers.

Rule 1: whoever claims gets the next fence; only the holder of the row's fence may extend, mark or end the attempt.
Rule 2: leases are times of the database's clock.
Rule 3: one statement, or one short transaction, each. Rows are locked in the order of their ids, and before their
    run, never the other way round.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from executions import events
from executions.engine.firing import Outcome, Wait
from executions.engine.status import Status
from executions.engine.values import dump, load


@dataclass(frozen=True, slots=True)
class Attempt:
    """The right to run a node execution once."""

    id: UUID
    execution_id: UUID
    graph_id: UUID
    version_id: UUID
    user_id: UUID
    timezone: str
    node_id: str
    block_id: str
    position: int
    inputs: dict[str, Any]
    cost: int
    attempts: int
    failures: int
    fence: int
    answer: dict[str, Any] | None = None


_CLAIM = """
WITH next AS (
    SELECT id FROM executions_nodeexecution
     WHERE status = 'QUEUED' AND NOT for_advance AND (%(only)s::uuid[] IS NULL OR id = ANY(%(only)s::uuid[]))
     ORDER BY queued_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), node AS (
    UPDATE executions_nodeexecution AS node
       SET status = 'RUNNING', fence = fence + 1, attempts = attempts + 1, worker = %(worker)s,
           lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
           started_at = coalesce(started_at, clock_timestamp())
      FROM next WHERE node.id = next.id
    RETURNING node.*
), run AS (
    UPDATE executions_execution AS execution
       SET event_seq = event_seq + 1, status = 'RUNNING', cost = execution.cost + taken.cost,
           started_at = coalesce(execution.started_at, clock_timestamp())
      FROM (SELECT execution_id, sum(CASE WHEN attempts = 1 THEN cost ELSE 0 END) AS cost
              FROM node GROUP BY execution_id) AS taken
     WHERE execution.id = taken.execution_id
    RETURNING execution.*
)
SELECT node.id, run.id, run.graph_id, run.version_id, run.user_id, account.timezone, node.node_id,
       node.block_id, node.position, node.inputs::text, node.cost, node.attempts, node.failures, node.fence,
       node.answer::text, node.started_at, run.event_seq
  FROM node JOIN run ON run.id = node.execution_id JOIN accounts_user account ON account.id = run.user_id
 ORDER BY run.id, node.position
"""


def claim(worker: UUID, limit: int, only: Sequence[UUID] | None = None) -> list[Attempt]:
    """Take up to `limit` queued node executions, oldest first, of these or of all. Needs a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "only": None if only is None else list(only),
                "limit": limit,
                "worker": worker,
                "lease": settings.LEASE_SECONDS,
            },
        )
        rows = [(_attempt(row), row[-2], row[-1]) for row in cursor.fetchall()]
    for seq, of_run in groupby(rows, key=lambda row: (row[0].execution_id, row[2])):
        _tell(seq[1], [(attempt, started_at) for attempt, started_at, _ in of_run])
    return [attempt for attempt, _, _ in rows]


def _attempt(row: Sequence[Any]) -> Attempt:
    fields = list(row[:-2])
    fields[9] = load(fields[9])
    fields[14] = load(fields[14]) if fields[14] else None
    return Attempt(*fields)


def _tell(seq: int, started: Sequence[tuple[Attempt, datetime]]) -> None:
    changes = [
        events.NodeChange(
            attempt.id,
            attempt.node_id,
            Status.RUNNING,
            attempt.position,
            attempt.attempts,
            started_at,
        )
        for attempt, started_at in started
    ]
    attempt = started[0][0]
    new = events.of_nodes(changes)
    events.write(attempt.execution_id, attempt.graph_id, new, last_seq=seq)


def mark_effect(attempt: Attempt) -> bool:
    """Note that the effect may happen from now on; False when the attempt is no longer ours."""
    return _fenced("SET effect_started_at = clock_timestamp()", [], attempt)


def stage(attempt: Attempt, outcome: Outcome) -> bool:
    """Keep the outcome for the next burst of the run; False when the attempt is no longer ours."""
    return _fenced(
        "SET outputs = %s::jsonb, error = %s, error_code = %s, ended_at = clock_timestamp(),"
        " for_advance = true, lease_until = NULL",
        [
            outcome.outputs_json or dump(outcome.outputs),
            (outcome.error or "").replace("\0", "\ufffd"),
            outcome.error_code,
        ],
        attempt,
    )


def suspend(attempt: Attempt, wait: Wait, *, failures: int = 0) -> bool:
    """Let go of the attempt until what it waits for has come; False when it is no longer ours."""
    return _fenced(
        "SET status = 'WAITING', waits_for = %s, failures = failures + %s, lease_until = NULL,"
        " effect_started_at = NULL, due_at = clock_timestamp() + make_interval(secs => %s)",
        [wait.waits_for, failures, wait.seconds],
        attempt,
    )


def _fenced(change: str, values: Sequence[Any], attempt: Attempt) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE executions_nodeexecution {change}"
            " WHERE id = %s AND fence = %s AND status = 'RUNNING' AND NOT for_advance",
            [*values, attempt.id, attempt.fence],
        )
        return bool(cursor.rowcount == 1)


def extend(worker: UUID, fences: Collection[tuple[UUID, int]]) -> set[UUID]:
    """Extend the leases of these attempts (id, fence); returns the ids of those that are still ours."""
    if not fences:
        return set()
    ids, numbers = zip(*fences, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH ours AS (SELECT node.id FROM executions_nodeexecution AS node"
            "  JOIN unnest(%s::uuid[], %s::int[]) AS held (id, fence) USING (id, fence)"
            "  WHERE node.worker = %s AND node.status = 'RUNNING' AND NOT node.for_advance"
            "  ORDER BY node.id FOR UPDATE OF node)"
            " UPDATE executions_nodeexecution AS node"
            " SET lease_until = clock_timestamp() + make_interval(secs => %s)"
            " FROM ours WHERE node.id = ours.id RETURNING node.id",
            [list(ids), list(numbers), worker, settings.LEASE_SECONDS],
        )
        return {row[0] for row in cursor.fetchall()}
