"""A run as one JSON document: what it ran, what it was given, and every firing with its values."""

from typing import Any

from executions import results
from executions.insight import node_rows, overview
from executions.models import Execution
from graphs import files

MAX_FIRINGS = 10_000


def exported(execution: Execution) -> dict[str, Any]:
    """For somebody who looks into the run elsewhere; secret inputs and credentials are left out."""
    firings = execution.node_executions.in_order()[:MAX_FIRINGS]
    return {
        "id": str(execution.pk),
        "status": execution.status,
        "source": execution.source,
        "cost": execution.cost,
        "error": execution.error,
        "created_at": execution.created_at,
        "started_at": execution.started_at,
        "ended_at": execution.ended_at,
        "inputs": overview.shown_inputs(execution),
        "outputs": results.outputs_of(execution),
        "graph_version": execution.version.version,
        "graph": files.shared_document_of(execution.version),
        "node_execution_count": execution.node_count,
        "node_executions": [node_rows.as_document(each) for each in firings],
    }
