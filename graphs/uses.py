"""Which graphs run which: through the nodes of their active versions."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.fields.json import KeyTextTransform

from accounts.models import User
from graphs import spec
from graphs.formats.bundle import RUNNERS
from graphs.models import Graph, Node
from graphs.sentences import Sentence
from graphs.validation import Problem

DEEPEST = 10  # levels of runs inside runs, see `executions.workers.children`


@dataclass(frozen=True, slots=True)
class Uses:
    """`cycle` names the graphs on the way from this one back to itself; `depth` counts levels below it."""

    used_by: Sequence[Graph]
    runs: Sequence[Graph]
    cycle: Sequence[Graph]
    depth: int

    @property
    def is_too_deep(self) -> bool:
        """Whether a run of it cannot reach its end in every branch."""
        return bool(self.cycle) or self.depth > DEEPEST


def uses_of(graph: Graph, user: User) -> Uses:
    """What this user may see of it."""
    seen = {each.pk: each for each in Graph.objects.visible_to(user)}
    runs = _runs_of(Graph.objects.visible_to(user), seen)
    cycle, depth = _way(graph.pk, graph.pk, runs), _depth(graph.pk, runs)
    return Uses(
        used_by=_named(seen, (key for key, children in runs.items() if graph.pk in children)),
        runs=_named(seen, runs.get(graph.pk, ())),
        cycle=[seen[key] for key in cycle],
        depth=depth,
    )


def warnings(drawing: spec.Graph, graph: Graph, user: User) -> Iterator[Problem]:
    """The nodes from which runs of this graph lead back to it (a query for each level below, none without such nodes)."""
    asked = {
        node.id: child
        for node in drawing.nodes.values()
        if node.block_id in RUNNERS and (child := _id(node.input_default.get("graph_id")))
    }
    others = set(asked.values()) - {graph.pk}
    runs = _runs_below(others, user)
    ways = {child: _way(child, graph.pk, runs) for child in others}
    names = Graph.objects.in_bulk({key for way in ways.values() for key in way})
    for id_, child in asked.items():
        if child == graph.pk or ways[child]:
            way = " → ".join(names[key].name for key in ways.get(child, ()))
            yield Problem(id_, "graph_id", _leads_back(way), is_warning=True)


def _leads_back(way: str) -> Sentence:
    """`way` names the graphs between; it is empty where the graph runs itself."""
    if not way:
        return Sentence(
            "This runs the graph itself; unless a condition ends that, a run fails {levels} levels down",
            levels=DEEPEST,
        )
    return Sentence(
        'This leads back to the graph itself, by way of "{way}"; unless a condition ends that, '
        "a run fails {levels} levels down",
        way=way,
        levels=DEEPEST,
    )


def _named(seen: Mapping[UUID, Graph], ids: Iterable[UUID]) -> list[Graph]:
    return sorted((seen[id_] for id_ in ids), key=lambda graph: (graph.name, str(graph.pk)))


def _runs_below(ids: Collection[UUID], user: User) -> dict[UUID, list[UUID]]:
    """By graph, those that it runs, for these graphs and as many levels below them as runs can have."""
    visible, found = Graph.objects.visible_to(user), dict[UUID, list[UUID]]()
    todo, looked = set(ids), set[UUID]()
    for _ in range(DEEPEST):
        if not todo:
            break
        looked |= todo
        found |= _runs_of(visible.filter(pk__in=todo))
        todo = {child for key in todo for child in found.get(key, ())} - looked
    return found


def _runs_of(
    graphs: QuerySet[Graph], among: Collection[UUID] | None = None
) -> dict[UUID, list[UUID]]:
    """By graph, the graphs that it runs, `among` these; nodes that name none are left out."""
    rows = (
        Node.objects.filter(version__is_active=True, version__graph__in=graphs)
        .filter(block_id__in=RUNNERS)
        .annotate(child=KeyTextTransform("graph_id", F("input_default")))
        .values_list("version__graph_id", "child")
        .distinct()
    )
    found: dict[UUID, list[UUID]] = {}
    for parent, text in rows:
        child = _id(text)
        if child and (among is None or child in among):
            found.setdefault(parent, []).append(child)
    return found


def _id(given: object) -> UUID | None:
    with suppress(ValueError):
        return UUID(str(given))
    return None


def _way(start: UUID, end: UUID, runs: Mapping[UUID, Sequence[UUID]]) -> list[UUID]:
    """The shortest way from one graph to another, or back to itself, without the end; empty when there is none."""
    came_from: dict[UUID, UUID] = {}
    todo = [start]
    for here in todo:
        for child in runs.get(here, ()):
            if child == end:
                way = [here]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if child not in came_from:
                came_from[child] = here
                todo.append(child)
    return []


def _depth(start: UUID, runs: Mapping[UUID, Sequence[UUID]]) -> int:
    """Levels below a graph, counted up to one more than there may be."""
    level, depth = {start}, 0
    while depth <= DEEPEST and (level := {child for key in level for child in runs.get(key, ())}):
        depth += 1
    return depth
