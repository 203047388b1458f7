"""Finds work that nobody does: wake-ups that were lost, timers that are due, attempts whose worker died.

Any number of workers may do this at once; rows are taken with SKIP LOCKED.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from accounts import credits
from blocks import registry
from blocks.base import Effect
from database import statements
from executions import failpoints, measuring, serving
from executions.attempts import running
from executions.engine.firing import Outcome
from executions.engine.retry import MAX_LOSSES
from executions.engine.values import dump
from executions.rows import tallies

LOCK_CLASS = 20_417  # of the advisory locks that workers hold while they live
_BATCH = 100
# A worker beats every HEARTBEAT_SECONDS. One whose lock is free and that missed this many beats is dead.
_MISSED_BEATS = 2.5


@dataclass(slots=True)
class Found:
    """What should be done now."""

    runs: set[UUID] = field(default_factory=set)  # to advance
    nodes: list[UUID] = field(default_factory=list)  # to run

    def add(self, run_id: UUID, node_execution_id: UUID, *, is_for_burst: bool) -> None:
        """Note one row: bursts take it, or an attempt of its own."""
        if is_for_burst:
            self.runs.add(run_id)
        else:
            self.nodes.append(node_execution_id)


_FIND_NODES = """
SELECT execution_id, id, for_advance FROM executions_nodeexecution
 WHERE status IN ('QUEUED', 'RUNNING', 'WAITING') AND (for_advance OR status = 'QUEUED')
   AND greatest(queued_at, ended_at) < clock_timestamp() - make_interval(secs => %s)
   AND (for_advance OR (block_id = ANY(%s)) = %s)
 ORDER BY queued_at LIMIT %s
"""
_FIND_OVERDUE = """
SELECT id FROM executions_execution
 WHERE status IN ('QUEUED', 'RUNNING', 'WAITING') AND deadline_at < clock_timestamp() LIMIT %s
"""


def find_work(limit: int) -> Found:
    """Work that is ready and for which no wake-up seems to be on its way; runs that are past their deadline."""
    found, served = Found(), serving.served()
    with connection.cursor() as cursor:
        blocks = list(served.block_ids)
        cursor.execute(_FIND_NODES, [settings.POLL_SECONDS, blocks, served.are_listed, limit])
        for run_id, id_, for_advance in cursor.fetchall():
            found.add(run_id, id_, is_for_burst=for_advance)
        cursor.execute(_FIND_OVERDUE, [limit])
        found.runs.update(row[0] for row in cursor.fetchall())
    for kind, number in (("run", len(found.runs)), ("node_execution", len(found.nodes))):
        if number:
            measuring.count("poller_rescues", kind, count=number)
    return found


_FIND_DUE = """
SELECT id, execution_id, block_id FROM executions_nodeexecution
 WHERE status = 'WAITING' AND due_at <= clock_timestamp()
 ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
"""
_RELEASE = """
UPDATE executions_nodeexecution
   SET status = 'QUEUED', due_at = NULL, waits_for = '', for_advance = %s,
       answer = CASE WHEN waits_for = 'retry' THEN answer ELSE '{"by": "timer", "data": {}}' END
 WHERE id = %s
"""


@transaction.atomic
def release_due() -> Found:
    """Queue the node executions whose time has come."""
    found = Found()
    with connection.cursor() as cursor:
        cursor.execute(_FIND_DUE, [_BATCH])
        for id_, run_id, block_id in cursor.fetchall():
            block = registry.find(block_id)
            is_pure = block is None or block.effect is Effect.PURE
            cursor.execute(_RELEASE, [is_pure, id_])
            found.add(run_id, id_, is_for_burst=is_pure)
            failpoints.hit("recovery.due_released")
    return found


_FIND_LOST = """
SELECT node.id, node.execution_id, node.block_id, node.losses, node.effect_started_at, node.fence, run.user_id
  FROM executions_nodeexecution node JOIN executions_execution run ON run.id = node.execution_id
 WHERE node.status = 'RUNNING' AND NOT node.for_advance
   AND (node.lease_until < clock_timestamp()
        OR node.worker IN (
            SELECT worker.id FROM executions_worker worker
             WHERE worker.seen_at < clock_timestamp() - make_interval(secs => %s)
               AND NOT EXISTS (
                   SELECT FROM pg_locks held
                    WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 2
                      AND held.classid = %s AND held.objid = worker.lock_key
                      AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database()))))
 ORDER BY node.queued_at LIMIT %s FOR UPDATE OF node SKIP LOCKED
"""
_QUEUE_AGAIN = """
UPDATE executions_nodeexecution SET status = 'QUEUED', losses = losses + 1, lease_until = NULL WHERE id = %s
"""
_END = """
UPDATE executions_nodeexecution
   SET losses = losses + 1, lease_until = NULL, for_advance = true, ended_at = clock_timestamp(),
       outputs = %s::jsonb, error = %s, error_code = %s
 WHERE id = %s
"""


@transaction.atomic
def take_back_lost() -> Found:
    """Take attempts from workers that died or hang: queue them again, or end them where that is not safe.

    What was held back for an attempt is free again.
    """
    found, lost, blocks = Found(), dict[UUID, list[str]](), list[str]()
    with connection.cursor() as cursor:
        cursor.execute(_FIND_LOST, [settings.HEARTBEAT_SECONDS * _MISSED_BEATS, LOCK_CLASS, _BATCH])
        for id_, run_id, block_id, losses, effect_started_at, fence, user_id in cursor.fetchall():
            end = after_loss(block_id, losses + 1, has_begun=effect_started_at is not None)
            if end is None:
                cursor.execute(_QUEUE_AGAIN, [id_])
            else:
                cursor.execute(_END, _end_values(end, id_))
            found.add(run_id, id_, is_for_burst=end is not None)
            lost.setdefault(user_id, []).append(f"{id_}:{fence}")
            blocks.append(block_id)
            failpoints.hit("recovery.lost_taken")
    statements.run(*tallies.of_losses(blocks))
    for user_id in sorted(lost):  # users are locked last, and in this order
        credits.give_back(user_id, lost[user_id])
    return found


def after_loss(block_id: str, losses: int, *, has_begun: bool) -> Outcome | None:
    """How a node execution ends that lost its worker for the n-th time; None when it may be tried again."""
    block = registry.find(block_id)
    if has_begun and block and block.effect is Effect.AT_MOST_ONCE:
        return running.failure(
            [],
            "The worker was lost while this ran, so it may or may not have happened; it is not tried again",
            "outcome_unknown",
        )
    if losses >= MAX_LOSSES:
        return running.failure(
            [], f"The worker was lost {losses} times while this ran", "worker_lost"
        )
    return None


def _end_values(end: Outcome, id_: UUID) -> list[Any]:
    return [end.outputs_json or dump(end.outputs), end.error, end.error_code, id_]
