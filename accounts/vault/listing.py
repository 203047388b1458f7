"""The list of credentials: what it can be narrowed to, and what is done with several at once."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from accounts.lists import ListFilter, Verb, Verbs
from accounts.vault import services
from accounts.vault.models import TYPES


class CredentialList(ListFilter):
    """By title, provider, address and type."""

    searched = ("title", "provider", "base_url")
    orders = {
        "name": (_("By name"), ("title",)),
        "provider": (_("By provider"), ("provider", "title")),
    }
    type = filters.ChoiceFilter(label=_("Type"), empty_label=_("Every type"), choices=TYPES)


VERBS: Verbs = {
    "revoke": Verb(_("Revoke"), services.revoke, is_final=True),
    "delete": Verb(_("Delete"), services.delete, is_final=True),
}
