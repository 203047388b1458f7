"""Whose turn it is to work on a run, and the run as that worker sees it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from database.statements import Rows, Statement
from executions.engine.plan import Masks
from executions.engine.status import Status
from executions.engine.values import load


@dataclass(frozen=True, slots=True)
class Run:
    """A run's row as a burst sees it, and the database's time."""

    status: Status
    masks: Masks | None
    recorded: Collection[str] | None  # ids of nodes
    id: UUID
    graph_id: UUID
    version_id: UUID
    user_id: UUID
    timezone: str
    told_of: Collection[str] | None  # what its user wants to hear of, see `notifications`
    node_count: int
    error_count: int
    created_at: datetime
    started_at: datetime | None
    parent_id: UUID | None
    trace: str
    now: datetime
    # Blocks that operators have given a price, so they are claimed where it is paid.
    priced: Collection[str]
    switched_off: Collection[str]  # by operators, too: what is of them fails


def take_turns(ids: Collection[UUID]) -> Statement:
    """Become the one who works on these runs until the transaction ends; gives (id, whether it is ours)."""
    return Statement(
        "SELECT id, pg_try_advisory_xact_lock(key) FROM unnest(%s::uuid[], %s::bigint[]) AS run (id, key)",
        [list(ids), [_lock_key(id_) for id_ in ids]],
    )


def wait_for_turn(execution_id: UUID) -> Statement:
    """Become the one who works on this run until the transaction ends, after whoever does so now."""
    return Statement("SELECT pg_advisory_xact_lock(%s)", [_lock_key(execution_id)])


def _lock_key(execution_id: UUID) -> int:
    return int.from_bytes(execution_id.bytes[8:], signed=True)


def read_runs(ids: Collection[UUID]) -> Statement:
    """Give what `runs_of` takes; nothing for runs that were deleted."""
    return Statement(
        "SELECT e.status, e.input_masks::text, (SELECT nodes::text FROM executions_recording WHERE execution_id = e.id),"
        " e.id, e.graph_id, e.version_id, e.user_id, u.timezone, u.told_of, e.node_count,"
        " e.error_count, e.created_at, e.started_at, e.parent_id, e.trace, clock_timestamp(),"
        " ARRAY(SELECT block_id FROM accounts_blockprice), ARRAY(SELECT block_id FROM accounts_blockswitch)"
        " FROM executions_execution e JOIN accounts_user u ON u.id = e.user_id WHERE e.id = ANY(%s)",
        [list(ids)],
    )


def runs_of(rows: Rows) -> list[Run]:
    """The runs that were read."""
    return [
        Run(
            Status(status),
            load(masks) if masks else None,
            load(recorded) if recorded else None,
            *facts,
        )
        for status, masks, recorded, *facts in rows
    ]
