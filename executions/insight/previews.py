"""A run as the builder shows it on the drawing: how each node stands, and the beginning of what it sent last."""

from typing import Any

from blocks.values import as_text
from executions import results
from executions.insight import overview
from executions.models import Execution, NodeExecution
from graphs.translating import translated

MAX_NODES = 1_000  # the builder draws no more
MAX_CHARACTERS = 80


def previews_of(execution: Execution) -> dict[str, Any]:
    """{status, label, has_ended, nodes: {node id: {status, label, count, error, values: {pin: text}}}}."""
    newest = {each.node_id: each for each in _newest(execution)}
    states = overview.states_of(execution)
    return {
        "status": execution.status,
        "label": execution.status_label,
        "has_ended": execution.has_ended,
        "error": translated(execution.error),
        "nodes": {
            state.node_id: {
                "status": state.status,
                "label": state.label,
                "count": state.count,
                **_last(newest.get(state.node_id)),
            }
            for state in states[:MAX_NODES]
        },
    }


def _newest(execution: Execution) -> list[NodeExecution]:
    """The last firing of each node."""
    firings = execution.node_executions.exclude(started_at=None)
    return list(firings.order_by("node_id", "-position").distinct("node_id")[:MAX_NODES])


def _last(firing: NodeExecution | None) -> dict[str, Any]:
    if firing is None:
        return {"error": "", "values": {}}
    sent = results.outputs_by_pin(firing)
    return {
        "error": translated(firing.error or "")[:500],
        "values": {pin: _brief(values[-1]) for pin, values in sent.items() if values},
    }


def _brief(value: Any) -> str:
    return " ".join(as_text(value)[: 4 * MAX_CHARACTERS].split())[:MAX_CHARACTERS]
