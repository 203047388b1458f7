"""Graphs that people offer to others as templates, and the copies that these take.

Copies have the graphs that the template runs. Only who governs these may give them away with it, and is told which they are.
"""

import dataclasses
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.models import User
from graphs import bundles
from graphs.bundles import Imported
from graphs.errors import NotSharedError, OthersPartsError
from graphs.formats import own
from graphs.models import Audience, Graph, GraphVersion


@transaction.atomic
def offer(graph: Graph, audience: Audience, *, by: User) -> list[str]:
    """Make it a template for these, or with NOBODY no longer one; the names of the graphs that go along with copies.

    Which these are is decided now: of what a later version runs, nothing more goes along until it is offered again.
    Raises `NotSharedError` for a team that it does not have, `PermissionDenied` for everybody unless by an operator,
    `OthersPartsError` where it runs graphs that this person may not give away.
    """
    if audience is Audience.TEAM and graph.team_id is None:
        raise NotSharedError(_("Share the graph with a team first; then it can be its template"))
    if audience is Audience.EVERYBODY and not by.is_staff:
        raise PermissionDenied(_("Only operators make templates for everybody; ask one of them"))
    parts = {} if audience is Audience.NOBODY else _parts_given(graph, audience, by)
    Graph.objects.filter(pk=graph.pk).update(template_for=audience, template_parts=list(parts))
    graph.template_for, graph.template_parts = audience, list(parts)
    record(
        Action.SHARING,
        actor=by,
        target=f"graph {graph.pk}",
        template_for=audience,
        parts=[str(id_) for id_ in parts],
    )
    return sorted(parts.values())


@transaction.atomic
def take(graph: Graph, user: User) -> Imported:
    """Make a graph of theirs of the active version of a template, with the graphs that go along.

    What others' runs were given and gave, its test cases, stays behind. Raises `InvalidGraphError` and `FormatError`.
    """
    given = Q(pk__in=graph.template_parts) | _had_anyway(graph, graph.template_for)
    bundle = bundles.bundle_of(_active(graph), Graph.objects.present().filter(given))
    imported = bundles.save(user, own.read(own.write(dataclasses.replace(bundle, cases=()))))
    record(Action.EXPORT, actor=user, target=f"graph {graph.pk}")
    return imported


def _active(graph: Graph) -> GraphVersion:
    return graph.versions.select_related("graph__owner").get(is_active=True)


def _had_anyway(graph: Graph, audience: str) -> Q:
    """The graphs that these may have without the template."""
    of_team = Q(team=graph.team_id) if audience == Audience.TEAM else Q()
    return of_team | Q(template_for=Audience.EVERYBODY)


def _parts_given(graph: Graph, audience: Audience, by: User) -> dict[UUID, str]:
    """The graphs that it runs, by id with their names. Raises `OthersPartsError`."""
    parts = bundles.parts_of(_active(graph), Graph.objects.visible_to(graph.owner))
    names = {part.graph_id: part.graph.name for part in parts.values()}
    own = Graph.objects.governed_by(by).filter(pk__in=names)
    anyway = Graph.objects.present().filter(_had_anyway(graph, audience), pk__in=names)
    given = {each.pk for each in (*own, *anyway)}
    if given != names.keys():
        seen = Graph.objects.visible_to(by).filter(pk__in=names.keys() - given)
        raise OthersPartsError(
            _("It runs graphs that are not yours to give away: %(names)s")
            % {"names": ", ".join(sorted(each.name for each in seen)) or "…"}
        )
    return names
