"""Takes from a run what its nodes got and gave, as a recording keeps it."""

from collections.abc import Collection
from typing import Any

from executions import plans
from executions.engine.status import Status
from executions.models import Execution

_ENDED = (Status.COMPLETED, Status.FAILED, Status.SKIPPED)


def answers_of(
    execution: Execution, node_ids: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """How the firings of these nodes, or of all, have ended, in their order. It names no credentials.

    What was called by another node is left out: it is in what that one gave.
    """
    firings = execution.node_executions.filter(status__in=_ENDED, caller=None)
    if node_ids is not None:
        firings = firings.filter(node_id__in=node_ids)
    columns = ("node_id", "inputs", "outputs", "error", "error_code")
    nodes = plans.of_version(execution.version_id).nodes
    return [
        {**row, "inputs": _without(row["inputs"], nodes[row["node_id"]].traits.credentials)}
        for row in firings.in_order().values(*columns)
    ]


def _without(inputs: dict[str, Any], pins: Collection[str]) -> dict[str, Any]:
    return {pin: value for pin, value in inputs.items() if pin not in pins}
