"""Published pages in the file of their graph: without the address, which is made anew where it is imported."""

from typing import Any

from accounts.models import User
from executions.published import services
from executions.published.models import PublishedPage
from executions.published.serializers import PageFieldsSerializer
from executions.triggers.packing import Packed
from graphs.models import GraphVersion
from graphs.sentences import Sentence


class Pages(Packed):
    """Published pages of one graph."""

    key, model, serializer = "pages", PublishedPage, PageFieldsSerializer
    fields = ("kind", "description", "is_public", "daily_credits")
    told = Sentence("The published pages of this file are paused, and have other addresses")

    def make(
        self, user: User, version: GraphVersion, values: dict[str, Any], *, is_pinned: bool
    ) -> PublishedPage:
        """Raises `InvalidGraphError` and `NoChatError`."""
        return services.create_page(user=user, version=version, values=values | {"is_paused": True})
