"""Gathers what is stored of a node in a run, so that the engine can say why it ran or did not."""

from collections.abc import Iterable

from executions import plans
from executions.engine.plan import Plan
from executions.engine.status import Status
from executions.engine.why import Facts, Visit, why
from executions.models import Execution, NodeExecution
from graphs.translating import translated

MAX_VISITS = 20  # the newest ones tell enough


def explain(execution: Execution, node_id: str) -> list[str]:
    """Why the node ran, waits or did not run, in the reader's language. Raises KeyError for a node that the graph does not have."""
    plan = plans.of_version(execution.version_id)
    sources = _sources(plan, node_id)
    sent: dict[str, set[str]] = {}
    open_sources: set[str] = set()
    of_sources = execution.node_executions.filter(node_id__in=sources)
    for source, status, outputs in of_sources.values_list("node_id", "status", "outputs"):
        if Status(status).is_open:
            open_sources.add(source)
        elif status in {Status.COMPLETED, Status.FAILED, Status.SKIPPED}:
            sent.setdefault(source, set()).update(pin for pin, _value in outputs)
    static = execution.static_values.filter(node_id=node_id).values_list("pin", flat=True)
    newest = execution.node_executions.filter(node_id=node_id).order_by("-position")[:MAX_VISITS]
    facts = Facts(
        run=Status(execution.status),
        visits=[_visit(node, static) for node in reversed(newest)],
        sent=sent,
        open_sources=open_sources,
        static=list(static),
    )
    return [translated(sentence) for sentence in why(plan, node_id, facts)]


def _sources(plan: Plan, node_id: str) -> list[str]:
    if node_id not in plan.nodes:
        raise KeyError(node_id)
    return [
        node.id
        for node in plan.nodes.values()
        if any(route.sink_id == node_id for routes in node.routes.values() for route in routes)
    ]


def _visit(node: NodeExecution, static: Iterable[str]) -> Visit:
    status = Status(node.status)
    received = {*node.inputs, *static} if status is Status.INCOMPLETE else set()
    return Visit(status, received, node.error, node.attempts, node.waits_for, node.due_at)
