"""Webhooks as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from accounts.serializers import StrictSerializer
from executions import results
from executions.engine.status import RUN_STATUSES
from executions.serializers import VALUES_BY_NAME
from executions.triggers.serializers import TriggerFieldsSerializer, TriggerRowSerializer
from executions.webhooks.models import MAX_WAIT, Delivery, Webhook
from executions.webhooks.services import access_of

SIGNATURES = Webhook.Signature.choices


class WebhookFieldsSerializer(TriggerFieldsSerializer):
    """What a webhook does with what it is sent. `inputs` are the same for every run: no sender can change them."""

    signature = serializers.ChoiceField(choices=SIGNATURES, default=Webhook.Signature.STANDARD)
    condition = serializers.CharField(
        max_length=500,
        default="",
        allow_blank=True,
        help_text="JMESPath over the payload; where it finds nothing, no run is started.",
    )
    wait_seconds = serializers.IntegerField(
        min_value=0,
        max_value=MAX_WAIT,
        default=0,
        help_text="So long the answer waits for the outputs; 0 answers at once.",
    )


class SecretSerializer(StrictSerializer):
    """What senders sign with."""

    secret = serializers.CharField(
        default="", allow_blank=True, help_text="Where the sender has made one; else it is made."
    )


class NewWebhookSerializer(WebhookFieldsSerializer, SecretSerializer):
    """What a new webhook needs."""

    graph_id = serializers.UUIDField()


class TestDeliverySerializer(StrictSerializer):
    """What to deliver by hand."""

    payload = serializers.DictField()


class WebhookSerializer(TriggerRowSerializer[Webhook]):
    """A webhook, without what a sender must know."""

    signature = serializers.ChoiceField(choices=SIGNATURES)

    class Meta:
        model = Webhook
        fields: tuple[str, ...] = (
            *("id", "graph_id", "graph_version", "name", "inputs", "credentials_inputs"),
            *("signature", "condition", "wait_seconds", "is_paused", "created_at", "updated_at"),
        )
        read_only_fields = fields


class WebhookAccessSerializer(WebhookSerializer):
    """A webhook with its address and secret, which no other answer has."""

    url = serializers.SerializerMethodField()
    secret = serializers.SerializerMethodField()

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "url", "secret")
        read_only_fields = fields

    def get_url(self, webhook: Webhook) -> str:
        """Where to deliver."""
        return url_of(webhook, self.context["request"])

    def get_secret(self, webhook: Webhook) -> str:
        """What to sign with."""
        return access_of(webhook).secret


def url_of(webhook: Webhook, request: Any) -> str:
    """The address at which it takes deliveries."""
    return str(reverse("hook", args=[access_of(webhook).token], request=request))


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """What came of a delivery; a refusal stands for `count` of them."""

    execution_id = serializers.UUIDField(allow_null=True)
    result = serializers.ChoiceField(choices=Delivery.Result.choices)

    class Meta:
        model = Delivery
        fields = ("received_at", "result", "execution_id", "error", "is_test", "count")
        read_only_fields = fields


class ReceiptSerializer(serializers.Serializer[Any]):
    """What a sender is told. With `outputs` if the webhook waits for them and the run has ended."""

    result = serializers.ChoiceField(
        choices=Delivery.Result.choices, source="delivery.result", read_only=True
    )
    execution_id = serializers.UUIDField(source="delivery.execution_id", allow_null=True)
    status = serializers.ChoiceField(
        choices=[status.value for status in RUN_STATUSES],
        source="delivery.execution.status",
        allow_null=True,
        default=None,
    )
    is_copy = serializers.BooleanField(help_text="It was delivered before; there is one run.")
    outputs = serializers.SerializerMethodField()

    @extend_schema_field({**VALUES_BY_NAME, "nullable": True})
    def get_outputs(self, receipt: Any) -> Any:
        """By name; null while the run goes on."""
        execution = receipt.delivery.execution
        if not self.context.get("with_outputs") or execution is None or not execution.has_ended:
            return None
        return results.outputs_of(execution)
