"""What lists of graphs can be narrowed to."""

from django_filters import rest_framework as filters

from graphs.models import Graph, GraphQuerySet


class GraphFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Query parameters of the list of graphs."""

    search = filters.CharFilter(
        method="filter_search", label="Part of the name or description.", max_length=200
    )

    class Meta:
        model = Graph
        fields = ()

    def filter_search(self, graphs: GraphQuerySet, name: str, text: str) -> GraphQuerySet:
        """Those that contain the text."""
        return graphs.matching(text)
