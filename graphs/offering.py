"""Graphs that people offer to others as templates, and the copies that these take."""

import dataclasses

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.models import User
from graphs import bundles
from graphs.bundles import Imported
from graphs.errors import NotSharedError
from graphs.models import Audience, Graph


@transaction.atomic
def offer(graph: Graph, audience: Audience, *, by: User) -> Graph:
    """Make it a template for these, or with NOBODY no longer one.

    Raises `NotSharedError` for a team that it does not have, `PermissionDenied` for everybody unless by an operator.
    """
    if audience == graph.template_for:
        return graph
    if audience is Audience.TEAM and graph.team_id is None:
        raise NotSharedError(_("Share the graph with a team first; then it can be its template"))
    if audience is Audience.EVERYBODY and not by.is_staff:
        raise PermissionDenied(_("Only operators make templates for everybody; ask one of them"))
    Graph.objects.filter(pk=graph.pk).update(template_for=audience)
    graph.template_for = audience
    record(Action.SHARING, actor=by, target=f"graph {graph.pk}", template_for=audience)
    return graph


@transaction.atomic
def take(graph: Graph, user: User) -> Imported:
    """Make a graph of theirs of the active version of a template, with the graphs that it runs.

    What others' runs were given and gave, its test cases, stays behind. Raises `InvalidGraphError` and `FormatError`.
    """
    version = graph.versions.select_related("graph__owner").get(is_active=True)
    bundle = dataclasses.replace(bundles.bundle_of(version), cases=())
    imported = bundles.save(user, bundle)
    record(Action.EXPORT, actor=user, target=f"graph {graph.pk}")
    return imported
