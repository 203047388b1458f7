"""The list of graphs: what it can be narrowed to, and what is done with several at once."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.lists import BY_NAME, LeftOutError, ListFilter, Verb, Verbs
from accounts.models import User
from accounts.teams.models import OWNERS
from graphs import filing, services, sharing
from graphs.models import Graph, GraphQuerySet


class GraphList(ListFilter):
    """By name and description, their tags, and where somebody keeps them; without a place, all but the archive."""

    searched = ("name", "description")
    orders = BY_NAME
    place = filters.ChoiceFilter(
        method="kept_in", label=_("Where"), empty_label=_("All but the archive")
    )
    tag = filters.ChoiceFilter(method="tagged", label=_("Tag"), empty_label=_("With any tag"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["place"].extra["choices"] = filing.places_of(self.request.user)
        tags = filing.tags_of(self.request.user)
        self.filters["tag"].extra["choices"] = [(tag, tag) for tag in tags]
        if not tags:
            del self.filters["tag"]

    def filter_queryset(self, graphs: GraphQuerySet) -> Any:
        """Without the archive, unless a place is chosen."""
        if not self.form.cleaned_data.get("place"):
            graphs = filing.kept_in(graphs, self.request.user)
        return super().filter_queryset(graphs)

    def kept_in(self, graphs: GraphQuerySet, _name: str, place: str) -> GraphQuerySet:
        """Those in one place."""
        return filing.kept_in(graphs, self.request.user, place)

    def tagged(self, graphs: GraphQuerySet, _name: str, tag: str) -> GraphQuerySet:
        """Those with one tag."""
        return filing.tagged(graphs, self.request.user, tag)


def verbs_for(user: User, folder: str = "", tags: Sequence[str] = ()) -> Verbs:
    """What this user can do with graphs that they see; they are moved to the folder, and get or lose the tags."""
    keep = partial(filing.keep, user)
    verb = partial(Verb, refusals=(ValidationError,), said=_said)
    return {
        "favourite": Verb(_("Favourite"), partial(keep, is_favourite=True)),
        "plain": Verb(_("No favourite"), partial(keep, is_favourite=False)),
        "archive": Verb(_("Archive"), partial(keep, is_archived=True)),
        "fetch": Verb(_("Out of the archive"), partial(keep, is_archived=False)),
        "move": verb(_("Move to the folder"), partial(keep, folder=folder)),
        "tag": verb(_("Add the tags"), lambda graph: filing.tag(user, graph, tags)),
        "untag": Verb(_("Take the tags off"), lambda graph: filing.untag(user, graph, tags)),
        "delete": Verb(_("Delete"), partial(_delete, user), is_final=True),
    }


def _delete(user: User, graph: Graph) -> None:
    if sharing.role_of(graph, user) not in OWNERS:
        raise LeftOutError(_("Only owners may delete it"))
    services.delete_graph(graph, by=user)


def _said(error: ValidationError) -> str:
    return " ".join(error.messages)
