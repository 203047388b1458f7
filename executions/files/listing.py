"""The list of files: what it can be narrowed to, and what is done with several at once."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from accounts.lists import BY_NAME, ListFilter, Verb, Verbs, fact_filter
from executions.files import services

_KINDS = [
    *(("image/", _("Pictures")), ("audio/", _("Sound")), ("video/", _("Videos"))),
    *(("text/", _("Texts")), ("application/", _("Documents and data"))),
]


class FileList(ListFilter):
    """By name, kind, and how long it stays."""

    searched = ("name",)
    orders = {**BY_NAME, "largest": (_("Largest first"), ("-size",))}
    kind = filters.ChoiceFilter(
        "content_type", "startswith", label=_("Kind"), empty_label=_("Every kind"), choices=_KINDS
    )
    lasting = fact_filter(
        "execution",
        "isnull",
        label=_("How long it stays"),
        either=_("Of runs or lasting"),
        yes=_("Lasting"),
        no=_("Goes with its run"),
    )


VERBS: Verbs = {"delete": Verb(_("Delete"), services.delete, is_final=True)}
