"""Which graphs run which: through the nodes of their active versions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F
from django.db.models.fields.json import KeyTextTransform

from accounts.models import User
from graphs.formats.bundle import RUNNERS
from graphs.models import Graph, Node

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
    runs = _runs_among(seen)
    cycle, depth = _way_back(graph.pk, runs), _depth(graph.pk, runs)
    return Uses(
        used_by=_named(seen, (key for key, children in runs.items() if graph.pk in children)),
        runs=_named(seen, runs.get(graph.pk, ())),
        cycle=[seen[key] for key in cycle],
        depth=depth,
    )


def _named(seen: Mapping[UUID, Graph], ids: Iterable[UUID]) -> list[Graph]:
    return sorted((seen[id_] for id_ in ids), key=lambda graph: (graph.name, str(graph.pk)))


def _runs_among(seen: Mapping[UUID, Graph]) -> dict[UUID, list[UUID]]:
    """By graph, the graphs that it runs; nodes that name none, or one that is not seen, are left out."""
    rows = (
        Node.objects.filter(version__is_active=True, version__graph__in=seen, block_id__in=RUNNERS)
        .annotate(child=KeyTextTransform("graph_id", F("input_default")))
        .values_list("version__graph_id", "child")
        .distinct()
    )
    ids = {str(id_): id_ for id_ in seen}
    found: dict[UUID, list[UUID]] = {}
    for parent, child in rows:
        if child in ids:
            found.setdefault(parent, []).append(ids[child])
    return found


def _way_back(start: UUID, runs: Mapping[UUID, Sequence[UUID]]) -> list[UUID]:
    """The shortest way from a graph back to itself, without the end; empty when there is none."""
    came_from: dict[UUID, UUID] = {}
    todo = [start]
    for here in todo:
        for child in runs.get(here, ()):
            if child == start:
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
