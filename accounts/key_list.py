"""The list of API keys: what it can be narrowed to, and what is done with several at once."""

import django_filters as filters
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import keys
from accounts.errors import KeyRevokedError
from accounts.lists import BY_NAME, ListFilter, Verb, Verbs
from accounts.models import ApiKey

_STATES = {
    "working": (_("Working"), Q(is_active=True, revoked_at=None)),
    "suspended": (_("Suspended"), Q(is_active=False, revoked_at=None)),
    "revoked": (_("Revoked"), Q(revoked_at__isnull=False)),
}


class KeyList(ListFilter):
    """By name, prefix and state."""

    searched = ("name", "prefix")
    orders = {
        **BY_NAME,
        "used": (_("Last used first"), (F("last_used_at").desc(nulls_last=True),)),
    }
    state = filters.ChoiceFilter(
        method="in_state",
        label=_("State"),
        empty_label=_("Every state"),
        choices=[(name, label) for name, (label, _which) in _STATES.items()],
    )

    def in_state(self, rows: QuerySet[ApiKey], _name: str, state: str) -> QuerySet[ApiKey]:
        """Those that work, are suspended or revoked; one that has run out counts as it was left."""
        return rows.filter(_STATES[state][1])


VERBS: Verbs = {
    "suspend": Verb(_("Suspend"), keys.suspend, (KeyRevokedError,)),
    "resume": Verb(_("Resume"), keys.resume, (KeyRevokedError,)),
    "revoke": Verb(_("Revoke"), keys.revoke, is_final=True),
}
