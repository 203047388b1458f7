"""How long a graph takes and what it costs: from its own newest runs, else from what its blocks take elsewhere.

Its seconds go from the acceptance of a run to its end. They are those of the critical path and what the engine adds: in its own runs
what they took beyond it, else what it adds to others.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from uuid import UUID

from django.db.models import Count, F, Max, Min, Sum

from accounts.prices import prices_of
from blocks import registry
from blocks.base import Effect, Kind
from executions.engine.status import Status
from executions.insight.overheads import Overheads
from executions.insight.paces import Paces
from executions.models import Execution, NodeExecution
from graphs import analysis, spec
from graphs.analysis import Analysis, Usual
from graphs.models import Graph

NEWEST_RUNS = 5


@dataclass(frozen=True, slots=True)
class _Work:
    """What a node did in former runs of the graph, run by run."""

    seconds: Sequence[float]
    firings: float  # in one run, on average


@dataclass(frozen=True, slots=True)
class Past:
    """Former runs of a graph; none for one that never ran."""

    seconds: Sequence[float] = ()  # of each run, from its acceptance to its end
    nodes: Mapping[str, _Work] = field(default_factory=dict)


def analysis_of(graph: Graph, drawing: spec.Graph) -> Analysis:
    """The shape of the drawing, with what its nodes usually take (four queries)."""
    return estimate(drawing, _past(graph))


def estimate(drawing: spec.Graph, past: Past) -> Analysis:
    """As above, for a drawing with this past; without one it is judged by its blocks alone."""
    own_ids = {node.id: _own_id(node.block_id) for node in drawing.nodes.values()}
    new = {own_ids[id_] for id_ in drawing.nodes if id_ not in past.nodes}
    paces, prices = Paces.read(new), _prices(drawing)
    usual = {
        node.id: _usual(past.nodes.get(node.id), paces, own_ids[node.id], node, prices)
        for node in drawing.nodes.values()
        if (block := registry.find(node.block_id)) is None or block.kind is not Kind.NOTE
    }
    found = analysis.analyse(drawing, usual)
    added = _added(found, past)
    return replace(found, seconds=found.seconds + added, slow_seconds=found.slow_seconds + added)


def _added(found: Analysis, past: Past) -> float:
    """Seconds in which a run goes on and nothing of its critical path is at work."""
    if past.seconds:
        return max(0.0, median(past.seconds) - found.seconds)
    return Overheads.read().of(found.node_count)


def _own_id(block_id: str) -> str:
    """What rows call a block, whichever of its names the drawing has."""
    block = registry.find(block_id)
    return block.id if block else block_id


def _usual(
    past: _Work | None, paces: Paces, block_id: str, node: spec.Node, prices: Mapping[str, int]
) -> Usual:
    price = prices.get(node.block_id, 0)
    if past:
        slow = sorted(past.seconds)[math.ceil(0.9 * len(past.seconds)) - 1]
        return Usual(median(past.seconds), round(price * past.firings), slow)
    pace = paces.of(block_id, node.input_default.get("model"))
    return Usual(pace.median, price, pace.p90) if pace else Usual(cost=price)


def _past(graph: Graph) -> Past:
    """The newest runs that have completed, and the nodes that have fired in them."""
    completed = Execution.objects.filter(graph=graph, status=Status.COMPLETED, deleted_at=None)
    took = completed.annotate(took=F("ended_at") - F("created_at"))
    runs = dict(took.newest_first().values_list("pk", "took")[:NEWEST_RUNS])
    return Past([each.total_seconds() for each in runs.values()], _nodes(runs)) if runs else Past()


def _nodes(runs: Collection[UUID]) -> dict[str, _Work]:
    ended = NodeExecution.objects.filter(execution__in=runs, status=Status.COMPLETED).order_by()
    rows = ended.values_list("node_id", "execution").annotate(
        n=Count("pk"),
        work=Sum(F("ended_at") - F("started_at")),
        span=Max("ended_at")
        - Min("started_at"),  # firings beside one another take no longer than this
    )
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    firings: defaultdict[str, int] = defaultdict(int)
    for node_id, _run, count, work, span in rows:
        seconds[node_id].append(min(work, span).total_seconds() if work else 0.0)
        firings[node_id] += count
    # A run in which it did not fire counts, too.
    missing = {id_: [0.0] * (len(runs) - len(each)) for id_, each in seconds.items()}
    return {
        id_: _Work([*each, *missing[id_]], firings[id_] / len(runs))
        for id_, each in seconds.items()
    }


def _prices(drawing: spec.Graph) -> dict[str, int]:
    blocks = {node.block_id: registry.find(node.block_id) for node in drawing.nodes.values()}
    claimed = {id_ for id_, block in blocks.items() if block and block.effect is not Effect.PURE}
    return dict(prices_of(claimed)) if claimed else {}
