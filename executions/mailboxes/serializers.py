"""Mailboxes as JSON."""

from rest_framework import serializers

from executions.mailboxes.models import LONGEST, SHORTEST, Arrival, Mailbox
from executions.mailboxes.servers import require_host
from executions.triggers.serializers import TriggerFieldsSerializer, TriggerRowSerializer

ENCRYPTIONS = Mailbox.Encryption.choices


class MailboxFieldsSerializer(TriggerFieldsSerializer):
    """Which mails start runs. `inputs` are the same for every run: no sender can change them."""

    credential_id = serializers.UUIDField(help_text="User and password for mail servers.")
    server = serializers.CharField(
        max_length=253, validators=[require_host], help_text="The IMAP host: mail.example.com."
    )
    port = serializers.IntegerField(min_value=1, max_value=65_535, default=993)
    encryption = serializers.ChoiceField(choices=ENCRYPTIONS, default=Mailbox.Encryption.AUTO)
    folder = serializers.CharField(max_length=200, default="INBOX")
    sender = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="Only mails whose sender has this."
    )
    subject = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="Only mails whose subject has this."
    )
    every_seconds = serializers.IntegerField(min_value=SHORTEST, max_value=LONGEST, default=60)


class NewMailboxSerializer(MailboxFieldsSerializer):
    """What a new mailbox needs."""

    graph_id = serializers.UUIDField()


class MailboxSerializer(TriggerRowSerializer[Mailbox]):
    """A mailbox; `error` says why nothing could be found at the last look."""

    credential_id = serializers.UUIDField(allow_null=True)
    encryption = serializers.ChoiceField(choices=ENCRYPTIONS)

    class Meta:
        model = Mailbox
        fields: tuple[str, ...] = (
            *("id", "graph_id", "graph_version", "name", "inputs", "credentials_inputs"),
            *("credential_id", "server", "port", "encryption", "folder", "sender", "subject"),
            *("every_seconds", "is_paused", "looked_at", "look_at", "error"),
            *("created_at", "updated_at"),
        )
        read_only_fields = fields


class ArrivalSerializer(serializers.ModelSerializer[Arrival]):
    """What came of a mail."""

    execution_id = serializers.UUIDField(allow_null=True)
    result = serializers.ChoiceField(choices=Arrival.Result.choices)

    class Meta:
        model = Arrival
        fields = ("received_at", "sender", "subject", "result", "execution_id", "error")
        read_only_fields = fields
