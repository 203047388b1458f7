"""What lists of graphs can be narrowed to."""

import re

from django.core.validators import RegexValidator
from django_filters import rest_framework as filters

from graphs import filing
from graphs.models import Graph, GraphQuerySet

_PLACE = re.compile(rf"({filing.FAVOURITES}|{filing.ARCHIVE}|{filing.FOLDER}.+)\Z")


class TemplateFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Query parameters of the list of templates."""

    search = filters.CharFilter(
        method="filter_search", label="Part of the name or description.", max_length=200
    )

    class Meta:
        model = Graph
        fields = ()

    def filter_search(self, graphs: GraphQuerySet, name: str, text: str) -> GraphQuerySet:
        """Those that contain the text."""
        return graphs.matching(text)


class GraphFilter(TemplateFilter):
    """Query parameters of the list of graphs."""

    tag = filters.CharFilter(method="filter_tag", label="A tag of yours.", max_length=30)
    place = filters.CharFilter(
        method="filter_place",
        label="`favourites`, `archive`, or `folder:` with a name.",
        max_length=80,
        validators=[RegexValidator(_PLACE)],
    )

    def filter_tag(self, graphs: GraphQuerySet, name: str, tag: str) -> GraphQuerySet:
        """Those to which the caller has given it."""
        return filing.tagged(graphs, self.request.user, tag)

    def filter_place(self, graphs: GraphQuerySet, name: str, place: str) -> GraphQuerySet:
        """Those that the caller keeps there."""
        return filing.kept_in(graphs, self.request.user, place)
