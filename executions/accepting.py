"""Writes a run that was accepted: its row, its first node executions and its first event, in one statement."""

from collections.abc import Iterable

from database import statements
from database.statements import Statement
from executions import events
from executions.engine.firing import Firing
from executions.engine.plan import Plan
from executions.engine.status import Status
from executions.engine.values import dump
from executions.models import Execution
from executions.rows import records

_FIRST_EVENT = events.of_run(Status.QUEUED)
_ENTRY = {
    "id": "uuid",
    "node_id": "text",
    "block_id": "text",
    "cost": "int",
    "priority": "int",
    "position": "int",
    "inputs": "jsonb",
    "for_advance": "bool",
}
_ACCEPT = f"""
WITH run AS (
    INSERT INTO executions_execution
           (id, graph_id, version_id, user_id, parent_id, depth, source, status, inputs,
            credentials_inputs, input_masks, outputs, error, cost, planned_cost, node_count, error_count, event_seq, trace, created_at, deadline_at)
    SELECT %s::uuid, %s::uuid, %s::uuid, %s::uuid, %s::uuid, %s::int, %s::text, 'QUEUED',
           %s::jsonb, %s::jsonb, %s::jsonb, '{{}}', '', 0, %s::int, %s::int, 0, 1, %s::text, clock.now,
           clock.now + make_interval(secs => %s)
      FROM clock_timestamp() AS clock (now)
     WHERE NOT EXISTS (SELECT FROM accounts_blockswitch WHERE block_id = ANY(%s))
    RETURNING id, created_at, deadline_at
), nodes AS (
    INSERT INTO executions_nodeexecution
           (id, execution_id, node_id, block_id, cost, priority, position, inputs, for_advance, status, queued_at, scope,
            outputs, error, error_code, attempts, failures, losses, is_delivered, fence, waits_for)
    SELECT new.id, run.id, new.node_id, new.block_id, new.cost, new.priority, new.position, new.inputs, new.for_advance,
           'QUEUED', run.created_at, '[]', '[]', '', '', 0, 0, 0, true, 0, ''
      FROM run, {records.source(_ENTRY)}
), log AS (
    INSERT INTO executions_event (execution_id, seq, kind, data, created_at)
    SELECT run.id, 1, %s::text, %s::jsonb, run.created_at FROM run
)
SELECT created_at, deadline_at FROM run
"""  # nosec B608 # noqa: S608 - constants


def insert(execution: Execution, plan: Plan, entries: Iterable[Firing]) -> bool:
    """Insert them all; the times are the database's, and put into `execution`.

    False, and nothing is inserted, while one of the plan's blocks is switched off.
    """
    (accepted,) = statements.run(
        Statement(
            _ACCEPT,
            [
                *_place(execution),
                dump(execution.inputs),
                dump(execution.credentials_inputs),
                dump(execution.input_masks) if execution.input_masks else None,
                *(execution.planned_cost, execution.node_count, execution.trace),
                *(plan.limits.seconds, plan.block_ids),
                records.as_json(_ENTRY, [_row(plan, firing) for firing in entries]),
                *(_FIRST_EVENT.kind, _FIRST_EVENT.data),
            ],
        )
    )
    if not accepted:
        return False
    ((execution.created_at, execution.deadline_at),) = accepted
    return True


def tell(execution: Execution) -> None:
    """Tell the watchers of the graph of the run that was inserted."""
    group = events.graph_group(execution.graph_id, execution.user_id)
    events.tell(execution.pk, group, [_FIRST_EVENT], last_seq=1)


def _place(execution: Execution) -> tuple[object, ...]:
    """Whose run of what it is, and what has started it."""
    graph = (execution.graph_id, execution.version_id, execution.user_id)
    return (execution.pk, *graph, execution.parent_id, execution.depth, execution.source)


def _row(plan: Plan, firing: Firing) -> tuple[object, ...]:
    """The columns of `_ENTRY`."""
    node = plan.nodes[firing.node_id]
    traits = node.traits
    place = (firing.id, node.id, node.block_id, traits.cost, node.policy.priority)
    return (*place, firing.position, dump(firing.inputs), traits.is_pure)
