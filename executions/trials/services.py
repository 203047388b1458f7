"""Runs of a part of a graph: making the part a version that can be run, and what such a run is to be given."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User
from executions.models import Execution
from graphs import excerpts, spec
from graphs import services as graphs
from graphs.changes import changes_between
from graphs.excerpts import Part
from graphs.models import Graph, GraphVersion
from graphs.pins import MISSING


def make_trial(*, graph: Graph, drawing: spec.Graph, node_id: str, part: Part) -> GraphVersion:
    """The part of the drawing as a version of the graph's trials, which no list of graphs shows.

    Trying the same once more gives the same version.

    Raises KeyError for a node that is not there, and `InvalidGraphError`.
    """
    message = f"{part.value}: {drawing.nodes[node_id].title}"[:200]
    return keep(graph=graph, drawing=excerpts.excerpt(drawing, node_id, part), message=message)


@transaction.atomic
def keep(*, graph: Graph, drawing: spec.Graph, message: str) -> GraphVersion:
    """A drawing as a version of the graph's trials. Keeping the same once more gives the same. Raises `InvalidGraphError`."""
    # Two windows make the trials one after the other.
    Graph.objects.select_for_update().get(pk=graph.pk)
    trials, _is_new = Graph.objects.get_or_create(
        trial_of=graph, defaults={"owner": graph.owner, "name": graph.name}
    )
    newest = trials.versions.filter(message=message).newest_first().first()
    if newest and changes_between(newest.load(), drawing).are_none:
        return newest
    return graphs.save_version(
        graph=trials,
        name=graph.name,
        description=graph.description,
        drawing=drawing,
        message=message,
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What the form of a run begins with."""

    inputs: spec.JSONDict = field(default_factory=dict)
    credentials_inputs: spec.JSONDict = field(default_factory=dict)


def known_from(execution: Execution, graph: spec.Graph) -> Known:
    """What a former run was given, and what its nodes had got where the links of this part are cut."""
    cut = list(excerpts.stand_ins(graph))
    got = _last_inputs(execution, {node_id for _name, node_id, _pin in cut})
    recorded = {name: excerpts.value_at(got.get(node_id, {}), pin) for name, node_id, pin in cut}
    found = {name: value for name, value in recorded.items() if value is not MISSING}
    return Known({**execution.inputs, **found}, execution.credentials_inputs)


def _last_inputs(execution: Execution, node_ids: Collection[str]) -> dict[str, spec.JSONDict]:
    """What the newest firing of each of these nodes had got."""
    firings = execution.node_executions.filter(node_id__in=node_ids).exclude(started_at=None)
    newest = firings.order_by("node_id", "-position").distinct("node_id")
    return dict(newest.values_list("node_id", "inputs"))


def last_run(user: User, graph: Graph) -> Execution | None:
    """The newest run of the whole graph."""
    return Execution.objects.owned_by(user).filter(graph=graph).newest_first().first()
