"""Mailboxes in the file of their graph: without the credential, which is chosen where it is imported."""

from typing import Any

from accounts.models import User
from executions.mailboxes import services
from executions.mailboxes.models import Mailbox
from executions.mailboxes.serializers import MailboxFieldsSerializer
from executions.triggers.packing import Packed
from graphs.models import GraphVersion
from graphs.sentences import Sentence


class PackedMailboxSerializer(MailboxFieldsSerializer):
    """A mailbox in a file."""

    credential_id: Any = None  # in none of them


class Mailboxes(Packed):
    """Mailboxes of one graph."""

    key, model, serializer = "mailboxes", Mailbox, PackedMailboxSerializer
    fields = (
        *("server", "port", "encryption", "folder", "sender", "subject"),
        "every_seconds",
    )
    told = Sentence("The mailboxes of this file are paused; each needs a login")

    def make(
        self, user: User, version: GraphVersion, values: dict[str, Any], *, is_pinned: bool
    ) -> Mailbox:
        """Raises `InvalidGraphError`."""
        return services.create_mailbox(
            user=user, version=version, is_pinned=is_pinned, values=values | {"is_paused": True}
        )
