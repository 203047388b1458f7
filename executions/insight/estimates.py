"""How long a graph takes and what it costs, from its own newest runs."""

from collections import defaultdict

from django.db.models import Count, F, Max, Min, Sum

from accounts.prices import prices_of
from blocks import registry
from blocks.base import Effect, Kind
from executions.engine.status import Status
from executions.models import Execution, NodeExecution
from graphs import analysis, spec
from graphs.analysis import Analysis, Usual
from graphs.models import Graph

NEWEST_RUNS = 5


def analysis_of(graph: Graph, drawing: spec.Graph) -> Analysis:
    """The shape of the drawing, with what its nodes took in former runs of the graph (three queries)."""
    return analysis.analyse(drawing, _usual(graph, drawing))


def _usual(graph: Graph, drawing: spec.Graph) -> dict[str, Usual]:
    took, firings = _history(graph)
    prices = _prices(drawing)
    return {
        node.id: Usual(
            took.get(node.id, 0.0), round(prices.get(node.block_id, 0) * firings.get(node.id, 1))
        )
        for node in drawing.nodes.values()
        if (block := registry.find(node.block_id)) is None or block.kind is not Kind.NOTE
    }


def _history(graph: Graph) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds of each node in a run, and how often it fires; means over the newest runs that have completed."""
    completed = Execution.objects.filter(graph=graph, status=Status.COMPLETED, deleted_at=None)
    runs = list(completed.newest_first().values_list("pk", flat=True)[:NEWEST_RUNS])
    if not runs:
        return {}, {}
    ended = NodeExecution.objects.filter(execution__in=runs, status=Status.COMPLETED).order_by()
    rows = ended.values_list("node_id", "execution").annotate(
        n=Count("pk"),
        work=Sum(F("ended_at") - F("started_at")),
        span=Max("ended_at")
        - Min("started_at"),  # firings beside one another take no longer than this
    )
    seconds: defaultdict[str, float] = defaultdict(float)
    firings: defaultdict[str, float] = defaultdict(float)
    for node_id, _run, count, work, span in rows:
        seconds[node_id] += min(work, span).total_seconds() / len(runs) if work else 0.0
        firings[node_id] += count / len(runs)
    return seconds, firings


def _prices(drawing: spec.Graph) -> dict[str, int]:
    blocks = {node.block_id: registry.find(node.block_id) for node in drawing.nodes.values()}
    claimed = {id_ for id_, block in blocks.items() if block and block.effect is not Effect.PURE}
    return dict(prices_of(claimed)) if claimed else {}
