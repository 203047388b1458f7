"""The node executions of a run as pages list them, and one of them with its values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from blocks import registry
from blocks.base import Kind
from executions import explaining, plans, results
from executions.engine.status import Status
from executions.insight import overview
from executions.insight.overview import TitledRow
from executions.models import Execution, NodeExecution, NodeExecutionQuerySet
from graphs import spec
from graphs.drawing import HIDDEN

ROWS_PER_PAGE = 200
MAX_FIRINGS = 50


@dataclass(frozen=True, slots=True)
class NodeTable:
    """One page of node executions, and what it was narrowed to."""

    page: Page[NodeExecution]
    rows: Sequence[TitledRow]
    status: str
    node_id: str

    @property
    def statuses(self) -> list[tuple[str, Any]]:
        """The choices of the filter."""
        return list(NodeExecution._meta.get_field("status").choices or ())


def table_of(execution: Execution, query: Mapping[str, str]) -> NodeTable:
    """The rows that the query asks for: in order when they fit on a page, else the newest first."""
    rows: NodeExecutionQuerySet = execution.node_executions.defer("inputs", "outputs")
    status, node_id = query.get("status", ""), query.get("node", "")
    if status in set(Status):
        rows = rows.filter(status=status)
    if node_id:
        rows = rows.filter(node_id=node_id)
    fits = execution.node_count <= ROWS_PER_PAGE
    page = Paginator(rows.order_by("position" if fits else "-position"), ROWS_PER_PAGE).get_page(
        query.get("page")
    )
    graph = plans.graph_of_version(execution.version_id)
    return NodeTable(page, overview.titled(page.object_list, graph), status, node_id)


@dataclass(frozen=True, slots=True)
class FiringPage:
    """One firing of a node with its values, and the other firings of that node."""

    node: spec.Node | None
    node_id: str
    firing: NodeExecution | None
    firings: Sequence[NodeExecution]
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Sequence[Any]]
    missing: Sequence[str]  # pins without a value, when it waits for inputs
    child: Execution | None  # the run that this firing has started
    reasons: Sequence[str]  # why the node ran, waits or did not run

    @property
    def title(self) -> str:
        """What the drawing calls the node."""
        return self.node.title if self.node else self.node_id


def firing_page(execution: Execution, node_id: str, firing: NodeExecution | None) -> FiringPage:
    """The firing, or the newest one of the node when None is given."""
    node = plans.graph_of_version(execution.version_id).nodes.get(node_id)
    others = execution.node_executions.filter(node_id=node_id).order_by("-position")
    firing = firing or others.first()
    return FiringPage(
        node=node,
        node_id=node_id,
        firing=firing,
        firings=list(others.defer("inputs", "outputs")[:MAX_FIRINGS]),
        inputs=_shown_inputs(firing) if firing else {},
        outputs=results.outputs_by_pin(firing) if firing else {},
        missing=results.waiting_for(execution, [firing]).get(firing.pk, []) if firing else [],
        child=Execution.objects.for_lists().filter(parent=firing).first() if firing else None,
        reasons=explaining.explain(execution, node_id) if node else (),
    )


def _shown_inputs(firing: NodeExecution) -> dict[str, Any]:
    block = registry.find(firing.block_id)
    if block and block.kind is Kind.INPUT and firing.inputs.get("secret"):
        return {**firing.inputs, "value": HIDDEN}
    return dict(firing.inputs)


def as_document(firing: NodeExecution) -> dict[str, Any]:
    """The firing as plain data, for exports; inputs that are secret have dots."""
    return {
        "node_id": firing.node_id,
        "block_id": firing.block_id,
        "position": firing.position,
        "status": firing.status,
        "inputs": _shown_inputs(firing),
        "outputs": results.outputs_by_pin(firing),
        "error": firing.error,
        "attempts": firing.attempts,
        "cost": firing.cost,
        "started_at": firing.started_at,
        "ended_at": firing.ended_at,
    }
