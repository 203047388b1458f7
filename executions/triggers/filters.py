"""The query parameters of lists of triggers."""

import django_filters


class OfGraphFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By the graph that is run."""

    graph_id = django_filters.UUIDFilter()
