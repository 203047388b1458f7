"""The list of published pages: what it can be narrowed to."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from executions.published.models import PublishedPage
from executions.triggers.listing import TriggerList


class PublishedList(TriggerList):
    """Also by kind."""

    kind = filters.ChoiceFilter(
        label=_("Kind"), empty_label=_("Forms and chats"), choices=PublishedPage.Kind.choices
    )
