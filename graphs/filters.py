"""What lists of graphs can be narrowed to."""

from django_filters import rest_framework as filters

from graphs import filing
from graphs.models import Graph, GraphQuerySet


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

    def filter_tag(self, graphs: GraphQuerySet, name: str, tag: str) -> GraphQuerySet:
        """Those to which the caller has given it."""
        return filing.tagged(graphs, self.request.user, tag)
