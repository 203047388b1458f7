"""The graph, or the version, that an address names, for what the caller wants to do with it.

Each raises `Http404` for whoever may not know of the graph, `PermissionDenied` for whoever may look at it only.
"""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.teams.finding import find
from graphs.models import Graph, GraphVersion


def visible_graph(user: User, graph_id: UUID) -> Graph:
    """To look at."""
    return get_object_or_404(Graph.objects.visible_to(user), pk=graph_id)


def editable_graph(user: User, graph_id: UUID) -> Graph:
    """To change or run."""
    graphs = Graph.objects
    return find(graphs.editable_by(user), graphs.visible_to(user), pk=graph_id)


def governed_graph(user: User, graph_id: UUID) -> Graph:
    """To share or delete."""
    graphs = Graph.objects
    return find(graphs.governed_by(user), graphs.visible_to(user), pk=graph_id)


def visible_version(user: User, graph_id: UUID, number: int | None = None) -> GraphVersion:
    """To look at: the one with this number, or the active one."""
    versions = GraphVersion.objects.visible_to(user).select_related("graph")
    return get_object_or_404(versions, graph_id=graph_id, **_which(number))


def editable_version(user: User, graph_id: UUID, number: int | None = None) -> GraphVersion:
    """To make it active, edit it or run it: the one with this number, or the active one."""
    versions = GraphVersion.objects.select_related("graph")
    allowed, visible = versions.editable_by(user), versions.visible_to(user)
    return find(allowed, visible, graph_id=graph_id, **_which(number))


def _which(number: int | None) -> dict[str, Any]:
    return {"is_active": True} if number is None else {"version": number}
