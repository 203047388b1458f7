"""Writes a run that was accepted: its row, its first node executions and its first event, in one statement."""

from collections.abc import Iterable

from django.db import connection

from executions import events
from executions.engine.firing import Firing
from executions.engine.plan import Plan
from executions.engine.status import Status
from executions.engine.values import dump
from executions.models import Execution
from executions.rows import records

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
            credentials_inputs, input_masks, outputs, error, cost, planned_cost, node_count, error_count, event_seq, created_at, deadline_at)
    SELECT %(id)s, %(graph)s, %(version)s, %(user)s, %(parent)s, %(depth)s, %(source)s, 'QUEUED',
           %(inputs)s::jsonb, %(credentials)s::jsonb, %(masks)s::jsonb, '{{}}', '', 0, %(cost)s, %(count)s, 0, 1, clock.now,
           clock.now + make_interval(secs => %(seconds)s)
      FROM clock_timestamp() AS clock (now)
    RETURNING id, created_at, deadline_at
), nodes AS (
    INSERT INTO executions_nodeexecution
           (id, execution_id, node_id, block_id, cost, priority, position, inputs, for_advance, status, queued_at, scope,
            outputs, error, error_code, attempts, failures, losses, is_delivered, fence, waits_for)
    SELECT new.id, run.id, new.node_id, new.block_id, new.cost, new.priority, new.position, new.inputs, new.for_advance,
           'QUEUED', run.created_at, '[]', '[]', '', '', 0, 0, 0, true, 0, ''
      FROM run, {records.source(_ENTRY, "%(entries)s")}
), log AS (
    INSERT INTO executions_event (execution_id, seq, kind, data, created_at)
    SELECT run.id, 1, %(kind)s, %(event)s::jsonb, run.created_at FROM run
)
SELECT created_at, deadline_at FROM run
"""  # noqa: S608 - constants


def insert(execution: Execution, plan: Plan, entries: Iterable[Firing]) -> None:
    """Insert them all; the times are the database's, and put into `execution`."""
    event = events.of_run(Status.QUEUED)
    with connection.cursor() as cursor:
        cursor.execute(
            _ACCEPT,
            {
                "id": execution.pk,
                "graph": execution.graph_id,
                "version": execution.version_id,
                "user": execution.user_id,
                "parent": execution.parent_id,
                "depth": execution.depth,
                "source": execution.source,
                "inputs": dump(execution.inputs),
                "credentials": dump(execution.credentials_inputs),
                "masks": dump(execution.input_masks) if execution.input_masks else None,
                "cost": execution.planned_cost,
                "count": execution.node_count,
                "seconds": plan.limits.seconds,
                "entries": records.as_json(_ENTRY, [_row(plan, firing) for firing in entries]),
                "kind": event.kind,
                "event": event.data,
            },
        )
        execution.created_at, execution.deadline_at = cursor.fetchone()
    group = events.graph_group(execution.graph_id, execution.user_id)
    events.tell(execution.pk, group, [event], last_seq=1)


def _row(plan: Plan, firing: Firing) -> tuple[object, ...]:
    """The columns of `_ENTRY`."""
    node = plan.nodes[firing.node_id]
    traits = node.traits
    place = (firing.id, node.id, node.block_id, traits.cost, node.policy.priority)
    return (*place, firing.position, dump(firing.inputs), traits.is_pure)
