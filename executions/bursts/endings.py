"""How runs have ended: what failed in them that nobody handled, and what they have given."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from database.statements import Rows, Statement
from executions.bursts.shifts import Shift
from executions.engine.firing import PinValues
from executions.engine.outcome import Failure
from executions.engine.plan import Plan
from executions.engine.status import Status
from executions.engine.values import load

Outputs = dict[str, list[Any]]  # by name
Sent = tuple[str, str | None, PinValues]  # what a node sent: (node id, name of the output, values)

# The first hundred tell enough.
_FAILURES = """
SELECT node_id, error FROM executions_nodeexecution failed
 WHERE execution_id = %s AND status = 'FAILED' AND caller_id IS NULL AND node_id <> ALL(%s) AND NOT EXISTS (
       SELECT FROM jsonb_array_elements(scope) frame
         JOIN executions_nodeexecution opener
           ON opener.execution_id = failed.execution_id AND opener.position = (frame ->> 0)::int
        WHERE opener.node_id = ANY(%s))
 ORDER BY position LIMIT 100
"""


_OUTPUTS = """
SELECT node_id, inputs->>'name', outputs::text FROM executions_nodeexecution
 WHERE execution_id = %s AND node_id = ANY(%s) AND status = 'COMPLETED'
   AND (caller_id IS NULL OR %s) ORDER BY position
"""


def read(run_id: UUID, plan: Plan) -> list[Statement]:
    """Give what `of_rows` takes."""
    failures = Statement(_FAILURES, [run_id, list(plan.handled), list(plan.tries)])
    return [failures, read_outputs(run_id, plan)]


def read_outputs(run_id: UUID, plan: Plan) -> Statement:
    """Give what `outputs_of_rows` takes."""
    nodes = plan.outputs or plan.last_nodes
    return Statement(_OUTPUTS, [run_id, [node.id for node in nodes], bool(plan.outputs)])


def of_rows(plan: Plan, failed: Rows, sent: Rows) -> tuple[list[Failure], Outputs]:
    """The ending of a run that was read."""
    return [Failure(*row) for row in failed], outputs_of_rows(plan, sent)


def here(plan: Plan, shift: Shift) -> tuple[Sequence[Failure], Outputs]:
    """The ending of a run of which everything is in memory."""
    giving = {node.id for node in plan.outputs or plan.last_nodes}
    ended = [
        firing
        for firing in shift.changed
        if firing.node_id in giving and firing.status is Status.COMPLETED
    ]
    ended.sort(key=lambda firing: firing.position)
    sent = [
        (firing.node_id, firing.inputs.get("name"), firing.outcome.outputs)
        for firing in ended
        if firing.outcome
    ]
    return shift.failures, _outputs(plan, sent)


def outputs_of_rows(plan: Plan, rows: Rows) -> Outputs:
    """The run's outputs so far.

    They come from the output nodes; a graph without any gives what its last nodes sent.
    """
    return _outputs(plan, ((node_id, name, load(sent)) for node_id, name, sent in rows))


def _outputs(plan: Plan, sent: Iterable[Sent]) -> Outputs:
    outputs: Outputs = {}
    for node_id, name, values in sent:
        for pin, value in values:
            if not plan.outputs:
                outputs.setdefault(pin, []).append(value)
            elif pin == "output":
                outputs.setdefault(str(name or node_id), []).append(value)
    return outputs
