"""Attempts on effectful node executions: claim, keep alive, end, take back from lost workers.

Rule 1: whoever claims gets the next fence; only the holder of the row's fence may extend, mark or end the attempt.
Rule 2: leases are times of the database's clock.
Rule 3: one statement, or one short transaction, each. Rows are locked in the order of their ids, and before their
    run, never the other way round; several runs in the order of their ids, too.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from database.statements import Statement
from executions import events, serving
from executions.engine.firing import Outcome, Wait
from executions.engine.status import Status
from executions.engine.values import dump, load
from executions.rows import records


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
    cost: int  # so far; the price of the block when it is claimed for the first time
    attempts: int
    failures: int
    fence: int
    answer: dict[str, Any] | None = None
    is_switched_off: bool = False  # the block, by operators, as it was claimed
    trace: str = ""

    @property
    def ids(self) -> dict[str, str]:
        """What logs and traces say of it."""
        return {
            "execution_id": str(self.execution_id),
            "node_execution_id": str(self.id),
            "user_id": str(self.user_id),
        }

    @property
    def reference(self) -> str:
        """What the ledger calls this attempt; its node execution goes by its id alone."""
        return f"{self.id}:{self.fence}"


_CLAIM = """
WITH next AS (
    SELECT id FROM executions_nodeexecution
     WHERE status = 'QUEUED' AND NOT for_advance AND (%(only)s::uuid[] IS NULL OR id = ANY(%(only)s::uuid[]))
       AND (block_id = ANY(%(blocks)s)) = %(listed)s
     ORDER BY priority DESC, turn_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), node AS (
    UPDATE executions_nodeexecution AS node
       SET status = 'RUNNING', fence = fence + 1, attempts = attempts + 1, worker = %(worker)s,
           cost = CASE WHEN attempts > 0 THEN cost ELSE coalesce(
               (SELECT price FROM accounts_blockprice AS priced WHERE priced.block_id = node.block_id), cost) END,
           lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
           started_at = coalesce(started_at, clock_timestamp())
      FROM next WHERE node.id = next.id
    RETURNING node.*
), mine AS (
    SELECT id FROM executions_execution WHERE id IN (SELECT execution_id FROM node) ORDER BY id FOR NO KEY UPDATE
), run AS (
    UPDATE executions_execution AS execution
       SET event_seq = event_seq + 1, status = 'RUNNING', cost = execution.cost + taken.cost,
           started_at = coalesce(execution.started_at, clock_timestamp())
      FROM (SELECT execution_id, sum(CASE WHEN attempts = 1 THEN cost ELSE 0 END) AS cost
              FROM node GROUP BY execution_id) AS taken JOIN mine ON mine.id = taken.execution_id
     WHERE execution.id = taken.execution_id
    RETURNING execution.*
)
SELECT node.id, run.id, run.graph_id, run.version_id, run.user_id, account.timezone, node.node_id,
       node.block_id, node.position, node.inputs::text, node.cost, node.attempts, node.failures, node.fence,
       node.answer::text, EXISTS (SELECT FROM accounts_blockswitch AS off WHERE off.block_id = node.block_id),
       run.trace, node.started_at, run.event_seq
  FROM node JOIN run ON run.id = node.execution_id JOIN accounts_user account ON account.id = run.user_id
 ORDER BY run.id, node.priority DESC, node.position
"""


def claim(worker: UUID, limit: int, only: Sequence[UUID] | None = None) -> list[Attempt]:
    """Take up to `limit` queued node executions that are served here, oldest first, of these or of all. Needs a transaction."""
    served = serving.served()
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "only": None if only is None else list(only),
                "limit": limit,
                "worker": worker,
                "lease": settings.LEASE_SECONDS,
                "blocks": list(served.block_ids),
                "listed": served.are_listed,
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
    group = events.graph_group(attempt.graph_id, attempt.user_id)
    events.write(attempt.execution_id, group, new, last_seq=seq)


def mark_effect(attempt: Attempt) -> bool:
    """Note that the effect may happen from now on; False when the attempt is no longer ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE executions_nodeexecution SET effect_started_at = clock_timestamp()"
            " WHERE id = %s AND fence = %s AND status = 'RUNNING' AND NOT for_advance",
            [attempt.id, attempt.fence],
        )
        return bool(cursor.rowcount == 1)


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an attempt is left: with its outcome for the next burst, or with what it waits for."""

    attempt: Attempt
    outcome: Outcome | None = None
    wait: Wait | None = None
    failures: int = 0  # to be added: the attempt failed, and is worth another one


_SETTLED = {
    "id": "uuid",
    "fence": "int",
    "outputs": "jsonb",
    "error": "text",
    "error_code": "text",
    "waits_for": "text",
    "seconds": "float",
    "memory": "jsonb",
    "failures": "int",
}
# The status is asked of what is locked: in one question with the ids PostgreSQL would look through all that runs, everybody's.
_SETTLE = f"""
WITH new AS (SELECT * FROM {records.source(_SETTLED)}),
locked AS MATERIALIZED (
    SELECT id, fence, status, for_advance FROM executions_nodeexecution WHERE id = ANY(%s) ORDER BY id FOR UPDATE
), ours AS (
    SELECT id, locked.fence FROM locked JOIN new USING (id, fence) WHERE status = 'RUNNING' AND NOT for_advance
)
UPDATE executions_nodeexecution AS node
   SET status = CASE WHEN new.waits_for = '' THEN 'RUNNING' ELSE 'WAITING' END,
       for_advance = new.waits_for IN ('', 'tools'),
       memory = coalesce(new.memory, node.memory),
       outputs = new.outputs, error = new.error, error_code = new.error_code,
       ended_at = CASE WHEN new.waits_for = '' THEN clock_timestamp() END,
       waits_for = new.waits_for, failures = node.failures + new.failures,
       effect_started_at = CASE WHEN new.waits_for = '' THEN node.effect_started_at END,
       due_at = clock_timestamp() + make_interval(secs => new.seconds), lease_until = NULL
  FROM new JOIN ours USING (id, fence) WHERE node.id = new.id AND node.id = ANY(%s)
"""  # nosec B608 # noqa: S608 - constants


def settle(settlements: Iterable[Settlement]) -> Statement:
    """Keep the outcomes for the next burst of their run, or let the attempts go until what they wait for has come.

    Attempts that are no longer ours change nothing.
    """
    rows = [_settled(each) for each in settlements]
    ids = [row[0] for row in rows]  # said again, see `records.source`
    return Statement(_SETTLE, [records.as_json(_SETTLED, rows), ids, ids])


def _settled(settlement: Settlement) -> tuple[Any, ...]:
    """The columns of `_SETTLED`."""
    attempt, outcome, wait = settlement.attempt, settlement.outcome, settlement.wait
    if outcome is None:
        assert wait  # one of both
        end: tuple[str, str, str] = ("[]", "", "")
    else:
        error = (outcome.error or "").replace("\0", "\ufffd")
        end = (outcome.outputs_json or dump(outcome.outputs), error, outcome.error_code)
    waiting = (wait.waits_for, wait.seconds, _memory_of(wait)) if wait else ("", None, "null")
    return (attempt.id, attempt.fence, *end, *waiting, settlement.failures)


def _memory_of(wait: Wait) -> str:
    return "null" if wait.memory is None else dump(wait.memory)


def hold(attempt: Attempt) -> bool:
    """Keep the attempt ours, and its run from being stopped, until the transaction ends; False when it is not ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM executions_nodeexecution"
            " WHERE id = %s AND fence = %s AND status = 'RUNNING' AND NOT for_advance FOR UPDATE",
            [attempt.id, attempt.fence],
        )
        return bool(cursor.rowcount == 1)


def extend(worker: UUID, fences: Collection[tuple[UUID, int]]) -> set[tuple[UUID, int]]:
    """Extend the leases of these attempts (id, fence); returns those that are still ours.

    Rows that a commit has locked are left to it: waiting for them, in whatever order, could be waiting for ever.
    """
    if not fences:
        return set()
    ids, numbers = zip(*fences, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH ours AS MATERIALIZED (SELECT node.id, node.fence FROM executions_nodeexecution AS node"
            "  JOIN unnest(%s::uuid[], %s::int[]) AS held (id, fence) USING (id, fence)"
            "  WHERE node.worker = %s AND node.status = 'RUNNING' AND NOT node.for_advance),"
            " free AS (SELECT node.id FROM executions_nodeexecution AS node JOIN ours USING (id, fence)"
            "  WHERE node.status = 'RUNNING' AND NOT node.for_advance FOR UPDATE OF node SKIP LOCKED),"
            " extended AS (UPDATE executions_nodeexecution AS node"
            "  SET lease_until = clock_timestamp() + make_interval(secs => %s)"
            "  FROM free WHERE node.id = free.id)"
            " SELECT id, fence FROM ours",
            [list(ids), list(numbers), worker, settings.LEASE_SECONDS],
        )
        return set(cursor.fetchall())
