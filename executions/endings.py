"""Reads how a run ends: what failed in it, and what it has given."""

from typing import Any
from uuid import UUID

from executions.engine.outcome import Failure
from executions.engine.plan import Plan
from executions.engine.values import load
from executions.statements import Rows, Statement

_FAILURES = """
SELECT node_id, error FROM executions_nodeexecution failed
 WHERE execution_id = %s AND status = 'FAILED' AND node_id <> ALL(%s) AND NOT EXISTS (
       SELECT FROM jsonb_array_elements(scope) frame
         JOIN executions_nodeexecution opener
           ON opener.execution_id = failed.execution_id AND opener.position = (frame ->> 0)::int
        WHERE opener.node_id = ANY(%s))
 ORDER BY position LIMIT 100
"""


def read_failures(run_id: UUID, plan: Plan) -> Statement:
    """Give the node executions that failed and that nobody has handled, in order; the first hundred tell enough."""
    return Statement(_FAILURES, [run_id, list(plan.handled), list(plan.tries)])


def failures_of(rows: Rows) -> list[Failure]:
    """What was read."""
    return [Failure(*row) for row in rows]


_OUTPUTS = """
SELECT node_id, inputs->>'name', outputs::text FROM executions_nodeexecution
 WHERE execution_id = %s AND node_id = ANY(%s) AND status = 'COMPLETED' ORDER BY position
"""


def read_outputs(run_id: UUID, plan: Plan) -> Statement:
    """Give what the nodes sent that make the run's outputs, in the order of their firings.

    They are the output nodes; a graph without any gives what its last nodes sent.
    """
    return Statement(_OUTPUTS, [run_id, [node.id for node in plan.outputs or plan.last_nodes]])


def outputs_of(plan: Plan, rows: Rows) -> dict[str, list[Any]]:
    """The run's outputs so far, {name: [value, …]}."""
    outputs: dict[str, list[Any]] = {}
    for node_id, name, sent in rows:
        for pin, value in load(sent):
            if not plan.outputs:
                outputs.setdefault(pin, []).append(value)
            elif pin == "output":
                outputs.setdefault(name or node_id, []).append(value)
    return outputs
