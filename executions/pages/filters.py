"""What the page with the list of runs can be narrowed to."""

from typing import Any

import django_filters as filters
from django.db.models import F, QuerySet
from django.forms import DateInput
from django.utils.translation import gettext_lazy as _

from accounts.lists import ListFilter
from executions.models import Execution, ExecutionQuerySet, Source
from graphs.models import Graph

_STATUSES = Execution._meta.get_field("status").choices or ()


def _graphs(request: Any) -> QuerySet[Graph]:
    return Graph.objects.visible_to(request.user).order_by("name", "pk")


class RunFilter(ListFilter):
    """Query parameters of the page, which says whose runs it shows: one's own, or everybody's of the chosen graph."""

    searched = ("graph__name", "error")
    orders = {
        "oldest": (_("Oldest first"), ("created_at",)),
        "longest": (_("Longest first"), ((F("ended_at") - F("started_at")).desc(nulls_last=True),)),
        "dearest": (_("Most credits first"), ("-cost", "-created_at")),
        "failures": (_("Most failed nodes first"), ("-error_count", "-created_at")),
    }

    graph = filters.ModelChoiceFilter(
        queryset=_graphs, label=_("Graph"), empty_label=_("All graphs")
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

    def filter_queryset(self, runs: ExecutionQuerySet) -> Any:
        """Narrows to what the caller may see, first of all."""
        graph = self.form.cleaned_data.get("graph")
        runs = runs.of(graph) if graph else runs.owned_by(self.request.user)
        return super().filter_queryset(runs)
