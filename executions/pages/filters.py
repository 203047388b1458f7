"""What the page with the list of runs can be narrowed to."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.forms import DateInput
from django.utils.translation import gettext_lazy as _

from executions.models import Execution, Source
from graphs.models import Graph

_STATUSES = Execution._meta.get_field("status").choices or ()


def _own_graphs(request: Any) -> QuerySet[Graph]:
    return Graph.objects.owned_by(request.user).order_by("name", "pk")


class RunFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Query parameters of the page."""

    graph = filters.ModelChoiceFilter(
        queryset=_own_graphs, label=_("Graph"), empty_label=_("All graphs")
    )
    status = filters.ChoiceFilter(
        choices=_STATUSES, label=_("Status"), empty_label=_("Every status")
    )
    source = filters.ChoiceFilter(
        choices=Source.choices, label=_("Started by"), empty_label=_("Started by anything")
    )
    since = filters.DateFilter(
        "created_at", "date__gte", label=_("From"), widget=DateInput(attrs={"type": "date"})
    )
    until = filters.DateFilter(
        "created_at", "date__lte", label=_("To"), widget=DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = Execution
        fields = ()
