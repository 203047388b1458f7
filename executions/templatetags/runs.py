"""Runs on pages of other apps."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.db.models import Count, OuterRef, QuerySet, Subquery

from accounts.models import User
from executions.models import Execution, NodeExecution
from executions.triggers.models import Preset
from graphs.models import Graph

MOST_PRESETS = 50

register = template.Library()


@dataclass(frozen=True, slots=True)
class GraphRuns:
    """How often a graph was run, and the last time."""

    count: int
    last: Execution | None


@register.simple_tag
def graphs_with_runs(graphs: Sequence[Graph]) -> list[tuple[Graph, GraphRuns]]:
    """Each graph with its runs (three queries, however many graphs)."""
    ids = [graph.pk for graph in graphs]
    runs = Execution.objects.filter(graph__in=ids, deleted_at=None)
    counted = runs.order_by().values_list("graph").annotate(n=Count("pk"))
    counts = dict(counted.values_list("graph", "n"))
    newest = Execution.objects.filter(graph=OuterRef("pk"), deleted_at=None).newest_first()
    last_ids = Graph.objects.filter(pk__in=ids).values_list(Subquery(newest.values("pk")[:1]))
    last = {run.graph_id: run for run in runs.for_lists().filter(pk__in=last_ids)}
    return [(graph, GraphRuns(counts.get(graph.pk, 0), last.get(graph.pk))) for graph in graphs]


@register.simple_tag
def presets_of(graph: Graph, user: User) -> QuerySet[Preset]:
    """What they keep for runs of the graph, by name."""
    return Preset.objects.owned_by(user).filter(graph=graph).order_by("name", "pk")[:MOST_PRESETS]


@register.inclusion_tag("executions/legend.html")
def status_legend() -> dict[str, object]:
    """The words for the statuses of node executions, for modules that get only their names."""
    return {"table": {"statuses": NodeExecution._meta.get_field("status").choices}}
