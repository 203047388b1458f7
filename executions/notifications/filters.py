"""Which notifications a list shows."""

import django_filters

from executions.notifications.models import EVENTS, Notification


class NotificationFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """`event`, and `unread` for those that were not seen."""

    event = django_filters.ChoiceFilter(choices=EVENTS)
    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Notification
        fields: tuple[str, ...] = ()
