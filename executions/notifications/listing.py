"""The list of notifications: what it can be narrowed to, and what is done with several at once."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from accounts.lists import ListFilter, Verb, Verbs, fact_filter
from executions.notifications import services
from executions.notifications.models import EVENTS, Notification


class NotificationList(ListFilter):
    """By the graph, by what has happened, and whether it was seen."""

    searched = ("execution__graph__name",)
    event = filters.ChoiceFilter(
        label=_("Event"), empty_label=_("Whatever has happened"), choices=EVENTS
    )
    unread = fact_filter(
        "read_at",
        "isnull",
        label=_("State"),
        either=_("New and read"),
        yes=_("New"),
        no=_("Already read"),
    )


def _mark_read(row: Notification) -> None:
    services.mark_read(row.user, [row.pk])


VERBS: Verbs = {"read": Verb(_("Mark as read"), _mark_read)}
