"""What can be told of a run beyond its row: outputs so far, and what its waiting nodes wait for."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from database import statements
from executions import plans
from executions.bursts import endings
from executions.engine.status import Status
from executions.models import Execution, NodeExecution


def outputs_of(execution: Execution) -> dict[str, list[Any]]:
    """The run's outputs, {name: [value, …]}; of a run that goes on, those that are there."""
    if execution.has_ended:
        outputs: dict[str, list[Any]] = execution.outputs
        return outputs
    plan = plans.of_version(execution.version_id)
    (rows,) = statements.run(endings.read_outputs(execution.pk, plan))
    return endings.outputs_of_rows(plan, rows)


def outputs_by_pin(node_execution: NodeExecution) -> dict[str, list[Any]]:
    """What a node execution sent, {pin: [value, …]}."""
    outputs: dict[str, list[Any]] = {}
    for pin, value in node_execution.outputs:
        outputs.setdefault(pin, []).append(value)
    return outputs


def waiting_for(execution: Execution, rows: Iterable[NodeExecution]) -> dict[UUID, list[str]]:
    """The pins without a value of each node execution that waits for inputs."""
    incomplete = [row for row in rows if row.status == Status.INCOMPLETE]
    if not incomplete:
        return {}
    nodes = plans.of_version(execution.version_id).nodes
    static = set(execution.static_values.values_list("node_id", "pin"))
    return {
        row.pk: sorted(
            pin
            for pin in nodes[row.node_id].queue_pins | nodes[row.node_id].static_pins
            if pin not in row.inputs and (row.node_id, pin) not in static
        )
        for row in incomplete
    }
