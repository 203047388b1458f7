"""The list of graphs: what it can be narrowed to, and what is done with several at once."""

from functools import partial
from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.lists import BY_NAME, ListFilter, Verb, Verbs
from accounts.models import User
from accounts.teams.models import OWNERS
from graphs import filing, services, sharing
from graphs.models import Graph, GraphQuerySet


class GraphList(ListFilter):
    """By name and description, and where somebody keeps them; without a place, all but the archive."""

    searched = ("name", "description")
    orders = BY_NAME
    place = filters.ChoiceFilter(
        method="kept_in", label=_("Where"), empty_label=_("All but the archive")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["place"].extra["choices"] = filing.places_of(self.request.user)

    def filter_queryset(self, graphs: GraphQuerySet) -> Any:
        """Without the archive, unless a place is chosen."""
        if not self.form.cleaned_data.get("place"):
            graphs = filing.kept_in(graphs, self.request.user)
        return super().filter_queryset(graphs)

    def kept_in(self, graphs: GraphQuerySet, _name: str, place: str) -> GraphQuerySet:
        """Those in one place."""
        return filing.kept_in(graphs, self.request.user, place)


def verbs_for(user: User, folder: str = "") -> Verbs:
    """What this user can do with graphs that they see; they are moved to the folder."""
    keep = partial(filing.keep, user)
    return {
        "favourite": Verb(_("Favourite"), partial(keep, is_favourite=True)),
        "plain": Verb(_("No favourite"), partial(keep, is_favourite=False)),
        "archive": Verb(_("Archive"), partial(keep, is_archived=True)),
        "fetch": Verb(_("Out of the archive"), partial(keep, is_archived=False)),
        "move": Verb(_("Move to the folder"), partial(keep, folder=folder), (ValidationError,)),
        "delete": Verb(_("Delete"), partial(_is_deleted, user), is_final=True),
    }


def _is_deleted(user: User, graph: Graph) -> bool:
    if sharing.role_of(graph, user) not in OWNERS:
        return False
    services.delete_graph(graph, by=user)
    return True
