"""The list of collections: what it can be narrowed to, and what is done with several at once."""

from django.utils.translation import gettext_lazy as _

from accounts.lists import ListFilter, Verb, Verbs
from executions.knowledge import services


class CollectionList(ListFilter):
    """By name, description and model."""

    searched = ("name", "description", "model")


VERBS: Verbs = {"delete": Verb(_("Delete"), services.delete_collection, is_final=True)}
