"""Node executions that another one has called, such as the tools of an agent.

Rule 1: the caller waits as a row and has written down its calls; the next burst of the run opens them, once.
Rule 2: what a called one sends goes to its caller, not along the node's links; that it failed is the caller's
    business, not the run's.
Rule 3: when the last one has ended, the caller goes on, in the transaction that keeps that end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from blocks.base import WaitsFor
from blocks.ports import Answer
from database import statements
from database.statements import Rows
from executions import plans
from executions.attempts import world
from executions.engine.firing import Firing, Wait
from executions.engine.plan import Plan
from executions.engine.status import Status
from executions.engine.values import load
from executions.models import Execution, NodeExecution, new_id
from executions.rows import saving
from executions.rows.turns import Run
from graphs import spec

_STATUS = 3  # its place in what `loading` reads
SENSITIVE = "sensitive"  # of a node's metadata: called, it starts only when a person lets it


def are_waiting(rows: Rows) -> bool:
    """Whether some of the rows that a burst has read are callers whose calls are not open yet."""
    return any(row[_STATUS] == Status.WAITING for row in rows)


def open_called(run: Run, plan: Plan) -> tuple[Run, list[Firing]]:
    """Open what waiting node executions of this run have called. Needs the run's turn.

    Returns the run with the new count, and the firings that this burst does not run itself.
    """
    callers = _take_callers(run)
    if not callers:
        return run, []
    graph = plans.graph_of_version(run.version_id)
    firings: list[Firing] = []
    for caller_id, scope, calls in callers:
        for call in calls:
            firing = _firing(run, plan, graph.nodes[call["node_id"]], call)
            firing.position = run.node_count + len(firings)
            firing.caller_id, firing.scope = caller_id, scope
            firings.append(firing)
    statements.run(*saving.write_firings([(run, plan, firings)]))
    elsewhere = [
        firing for firing in firings if firing.wait or not plan.nodes[firing.node_id].traits.is_pure
    ]
    return replace(run, node_count=run.node_count + len(firings)), elsewhere


def _take_callers(run: Run) -> list[tuple[UUID, Any, list[dict[str, Any]]]]:
    """Who has written down calls that are not open yet: (id, scope, calls)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE executions_nodeexecution SET for_advance = false"
            " WHERE execution_id = %s AND status = 'WAITING' AND waits_for = %s AND for_advance"
            " RETURNING position, id, scope::text, (memory -> 'calls')::text",
            [run.id, WaitsFor.TOOLS],
        )
        rows = sorted(cursor.fetchall())
    return [
        (id_, tuple((position, index) for position, index in load(scope)), load(calls))
        for _position, id_, scope, calls in rows
    ]


def _firing(run: Run, plan: Plan, node: spec.Node, call: Mapping[str, Any]) -> Firing:
    planned = plan.nodes[node.id]
    inputs = planned.inputs_of(_static_values(run, planned.id) | call["inputs"])
    firing = Firing(new_id(), node.id, 0, Status.QUEUED, inputs, call_id=call["id"])
    if node.metadata.get(SENSITIVE):
        firing.status, firing.wait = Status.WAITING, Wait(WaitsFor.APPROVAL)
    return firing


def _static_values(run: Run, node_id: str) -> dict[str, Any]:
    """What static links have brought to the other pins of a called node."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pin, value::text FROM executions_staticvalue"
            " WHERE execution_id = %s AND node_id = %s",
            [run.id, node_id],
        )
        return {pin: load(value) for pin, value in cursor.fetchall()}


_ANSWER = """
UPDATE executions_nodeexecution AS caller
   SET status = 'QUEUED', waits_for = '', due_at = NULL, answer = '{"by": "tools", "data": {}}'
 WHERE id = ANY(%s) AND status = 'WAITING' AND waits_for = 'tools' AND NOT for_advance
   AND NOT EXISTS (SELECT FROM executions_nodeexecution AS call
                    WHERE call.caller_id = caller.id AND call.id <> ALL(%s)
                    AND call.status IN ('INCOMPLETE', 'QUEUED', 'RUNNING', 'WAITING'))
RETURNING id
"""


def answer_callers(changed: Iterable[Firing]) -> list[UUID]:
    """Let callers go on whose last call ends by these changes, written or not; returns who does."""
    ended = {
        firing.id: firing.caller_id
        for firing in changed
        if firing.caller_id and firing.status.is_final
    }
    if not ended:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_ANSWER, [sorted(set(ended.values())), [*ended]])
        return [row[0] for row in cursor.fetchall()]


def recalled(
    node_execution_id: UUID, stored: Mapping[str, Any] | None
) -> tuple[Answer | None, Mapping[str, Any] | None]:
    """Why a node execution goes on, with what its calls gave, and what it left when it began to wait."""
    answer = world.answer_of(stored)
    if answer is None:
        return None, None
    row = NodeExecution.objects.values("memory", "cost").get(pk=node_execution_id)
    kept = row["memory"] or {}
    if answer.by == WaitsFor.TOOLS:
        data = {"results": _results(node_execution_id, kept), "spent": _spent(node_execution_id)}
        answer = Answer(answer.by, data)
    return answer, kept.get("memory")


def _results(caller_id: UUID, kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the latest calls gave: {"id", "outputs": {pin: [value, …]}, "error"}."""
    ids = [call["id"] for call in kept["calls"]]
    rows = NodeExecution.objects.filter(caller_id=caller_id, call_id__in=ids).in_order()
    return [
        {"id": row.call_id, "outputs": _by_pin(row.outputs), "error": row.error} for row in rows
    ]


def _by_pin(outputs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for pin, value in outputs:
        found.setdefault(pin, []).append(value)
    return found


def _spent(caller_id: UUID) -> int:
    """The credits that a caller, its calls and the runs that they started have cost so far."""
    calls = NodeExecution.objects.filter(caller_id=caller_id)
    rows = (
        NodeExecution.objects.filter(pk=caller_id),
        calls,
        Execution.objects.filter(parent__in=calls),
    )
    return sum(found.aggregate(total=Sum("cost"))["total"] or 0 for found in rows)
