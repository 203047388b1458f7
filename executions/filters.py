"""What lists of runs can be narrowed to."""

from django_filters import rest_framework as filters

from executions.engine.status import RUN_STATUSES
from executions.models import Execution, Source

STATUS_CHOICES = [(status.value, status.value) for status in RUN_STATUSES]


class ExecutionFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Query parameters of the list of runs."""

    graph_id = filters.UUIDFilter()
    status = filters.MultipleChoiceFilter(choices=STATUS_CHOICES, label="May be repeated.")
    source = filters.ChoiceFilter(choices=Source.choices)
    created_after = filters.IsoDateTimeFilter("created_at", lookup_expr="gte")
    created_before = filters.IsoDateTimeFilter("created_at", lookup_expr="lt")
    started_after = filters.IsoDateTimeFilter("started_at", lookup_expr="gte")
    started_before = filters.IsoDateTimeFilter("started_at", lookup_expr="lt")
    ended_after = filters.IsoDateTimeFilter("ended_at", lookup_expr="gte")
    ended_before = filters.IsoDateTimeFilter("ended_at", lookup_expr="lt")

    class Meta:
        model = Execution
        fields = ()
