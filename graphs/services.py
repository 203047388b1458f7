"""What can be done with graphs: create, save a version, activate one, delete."""

import dataclasses
import uuid
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.models import User
from accounts.teams.models import Team
from accounts.teams.services import require_member
from blocks import registry
from graphs import spec, switches, validation
from graphs.errors import InvalidGraphError, VersionConflictError
from graphs.models import Graph, GraphVersion, Link, Node

_BATCH = 1_000


@transaction.atomic
def create_graph(
    *,
    owner: User,
    name: str,
    description: str = "",
    drawing: spec.Graph,
    id_: uuid.UUID | None = None,
) -> GraphVersion:
    """Make a graph with its first version, which is active; with an id that is free, or any. Raises `InvalidGraphError`."""
    _require_sound(drawing)
    graph = Graph.objects.create(
        id=id_ or uuid.uuid4(), owner=owner, name=name, description=description
    )
    return _write_version(graph, 1, drawing)


@transaction.atomic
def save_version(
    *,
    graph: Graph,
    name: str,
    description: str,
    drawing: spec.Graph,
    base_version: int | None = None,
    message: str = "",
) -> GraphVersion:
    """Save the drawing as the next version and make it the active one; older ones stay as they are.

    Raises `InvalidGraphError`, and `VersionConflictError` when `base_version` is given and is not the newest.
    """
    _require_sound(drawing)
    Graph.objects.select_for_update().get(pk=graph.pk)  # two saves at once get two numbers
    newest = graph.versions.aggregate(newest=Max("version"))["newest"] or 0
    if base_version is not None and base_version != newest:
        raise VersionConflictError(
            _("You edited version %(base)s, but version %(newest)s was saved in the meantime")
            % {"base": base_version, "newest": newest}
        )
    graph.name, graph.description = name, description
    # Not the rest: somebody may have shared or deleted it since this was read.
    graph.save(update_fields=["name", "description", "updated_at"])
    graph.versions.filter(is_active=True).update(is_active=False)
    return _write_version(graph, newest + 1, drawing, message)


@transaction.atomic
def activate_version(version: GraphVersion) -> None:
    """Make this the version that runs when none is named."""
    Graph.objects.select_for_update().get(pk=version.graph_id)
    version.graph.versions.filter(is_active=True).update(is_active=False)
    GraphVersion.objects.filter(pk=version.pk).update(is_active=True)
    version.is_active = True


def restore_version(version: GraphVersion) -> GraphVersion:
    """Save an old version's drawing as the newest version. Raises `InvalidGraphError` when a block of it is gone."""
    graph = version.graph
    return save_version(
        graph=graph,
        name=graph.name,
        description=graph.description,
        drawing=version.load(),
        message=f"Version {version.version}",
    )


@transaction.atomic
def share_graph(graph: Graph, team: Team | None, *, by: User) -> Graph:
    """Share the graph with a team that its owner is in, instead of the one before; with None it is the owner's alone.

    Raises `NotMemberError`.
    """
    if team:
        require_member(team, graph.owner_id)
    Graph.objects.filter(pk=graph.pk).update(team=team)
    graph.team = team
    record(Action.SHARING, actor=by, target=f"graph {graph.pk}", team=str(team) if team else None)
    return graph


@transaction.atomic
def delete_graph(graph: Graph, *, by: User) -> None:
    """Hide the graph from everybody; runs that are on their way go on with their snapshot."""
    Graph.objects.filter(pk=graph.pk).update(deleted_at=timezone.now())
    if graph.owner_id != by.pk:
        record(Action.SHARING, actor=by, target=f"graph {graph.pk}", verb="delete")


def _require_sound(drawing: spec.Graph) -> None:
    problems = list(validation.structure_problems(drawing))
    if problems:
        raise InvalidGraphError.of(problems)
    switches.require_on(drawing)


def _write_version(
    graph: Graph, number: int, drawing: spec.Graph, message: str = ""
) -> GraphVersion:
    with connection.cursor() as cursor:
        # Else the checks of the links' foreign keys may keep a plan from when the tables were small, and the
        # time for a large graph grows with the square of its size.
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    version = GraphVersion.objects.create(
        graph=graph,
        version=number,
        is_active=True,
        settings=dict(drawing.settings),
        message=message,
    )
    rows = Node.objects.bulk_create(
        (
            Node(
                version=version,
                index=index,
                node_id=node.id,
                block_id=node.block_id,
                input_default=dict(node.input_default),
                metadata=dict(node.metadata),
            )
            for index, node in enumerate(drawing.nodes.values())
        ),
        batch_size=_BATCH,
    )
    row_ids = {row.node_id: row.pk for row in rows}
    Link.objects.bulk_create(
        (
            _link_row(version, index, link, row_ids)
            for index, link in enumerate(_with_static(drawing))
        ),
        batch_size=_BATCH,
    )
    return version


def _link_row(
    version: GraphVersion, index: int, link: spec.Link, row_ids: dict[str, uuid.UUID]
) -> Link:
    return Link(
        version=version,
        index=index,
        link_id=link.id,
        source_id=row_ids[link.source_id],
        source_name=link.source_name,
        sink_id=row_ids[link.sink_id],
        sink_name=link.sink_name,
        is_static=link.is_static,
    )


def _with_static(drawing: spec.Graph) -> Iterable[spec.Link]:
    """The links, marked static where their source block remembers its output."""
    for link in drawing.links:
        block = registry.find(drawing.nodes[link.source_id].block_id)
        yield dataclasses.replace(link, is_static=bool(block and block.static_output))
