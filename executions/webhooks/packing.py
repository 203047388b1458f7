"""Webhooks in the file of their graph: without address and secret, which are made anew where it is imported."""

from typing import Any

from accounts.models import User
from executions.triggers.packing import Packed
from executions.webhooks import services
from executions.webhooks.models import Webhook
from executions.webhooks.serializers import WebhookFieldsSerializer
from graphs.models import GraphVersion
from graphs.sentences import Sentence


class Webhooks(Packed):
    """Webhooks of one graph."""

    key, model, serializer = "webhooks", Webhook, WebhookFieldsSerializer
    fields = ("signature", "condition", "wait_seconds")
    told = Sentence(
        "The webhooks of this file are paused, and each has another address and secret; renew it to see them"
    )

    def make(
        self, user: User, version: GraphVersion, values: dict[str, Any], *, is_pinned: bool
    ) -> Webhook:
        """Raises `InvalidGraphError` and `FilterError`."""
        return services.create_webhook(
            user=user, version=version, is_pinned=is_pinned, values=values | {"is_paused": True}
        )
