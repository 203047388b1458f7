"""What lists of runs can be narrowed to."""

from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters

from executions.engine.status import RUN_STATUSES
from executions.models import Execution, Source

STATUS_CHOICES = [(status.value, status.value) for status in RUN_STATUSES]


class MomentField(filters.IsoDateTimeFilter.field_class):  # type: ignore[misc]  # no types
    """A moment in UTC: PostgreSQL does not take every offset that Python takes."""

    def to_python(self, value: str) -> datetime | None:
        """Raises `ValidationError` for a moment before or after all years."""
        moment: datetime | None = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError(_("There is no such moment.")) from error


class MomentFilter(filters.IsoDateTimeFilter):  # type: ignore[misc]  # no types
    """Compares with a moment."""

    field_class = MomentField


class ExecutionFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Query parameters of the list of runs."""

    graph_id = filters.UUIDFilter()
    status = filters.MultipleChoiceFilter(choices=STATUS_CHOICES, label="May be repeated.")
    source = filters.ChoiceFilter(choices=Source.choices)
    created_after = MomentFilter("created_at", lookup_expr="gte")
    created_before = MomentFilter("created_at", lookup_expr="lt")
    started_after = MomentFilter("started_at", lookup_expr="gte")
    started_before = MomentFilter("started_at", lookup_expr="lt")
    ended_after = MomentFilter("ended_at", lookup_expr="gte")
    ended_before = MomentFilter("ended_at", lookup_expr="lt")

    class Meta:
        model = Execution
        fields = ()
