"""Notifications as JSON."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import StrictSerializer
from executions.notifications import services
from executions.notifications.models import EVENTS, Dispatch, Endpoint, Mail, Notification
from executions.notifications.texts import said
from executions.notifications.wants import Want
from executions.rows.notifications import Event
from executions.serializers import ValuesField


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    """Something that happened; `title` and `text` are for people, `data` for programs."""

    event = serializers.ChoiceField(choices=EVENTS)
    execution_id = serializers.UUIDField(allow_null=True)
    title = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    data: Any = ValuesField()

    class Meta:
        model = Notification
        fields = (
            *("id", "event", "title", "text", "execution_id", "data", "created_at", "read_at"),
        )
        read_only_fields = fields

    def get_title(self, notification: Notification) -> str:
        """One line."""
        return said(notification).title

    def get_text(self, notification: Notification) -> str:
        """What there is to say beside it, or nothing."""
        return said(notification).text


class ReadSerializer(StrictSerializer):
    """What was seen."""

    ids = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=1_000,
        required=False,
        allow_null=True,
        help_text="All of them if none are named.",
    )


class ReadAnswerSerializer(serializers.Serializer[Any]):
    """How many had not been seen before."""

    count = serializers.IntegerField()


class PreferenceSerializer(StrictSerializer):
    """How one event is told."""

    event = serializers.ChoiceField(choices=EVENTS)
    on_page = serializers.BooleanField()
    mail = serializers.ChoiceField(choices=Mail.choices)


class PreferencesSerializer(StrictSerializer):
    """How events are told; those that are left out stay as they are."""

    preferences = PreferenceSerializer(many=True)

    def validate_preferences(self, rows: list[dict[str, Any]]) -> dict[Event, Want]:
        """By event. Raises `ValidationError` for one that comes twice."""
        wants = {Event(row["event"]): Want(row["on_page"], row["mail"]) for row in rows}
        if len(wants) < len(rows):
            raise serializers.ValidationError(_("An event comes twice."))
        return wants


class EndpointFieldsSerializer(StrictSerializer):
    """Where to post what."""

    name = serializers.CharField(max_length=100)
    url = serializers.CharField(max_length=2_000, help_text="http or https.")
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=EVENTS), allow_empty=False, max_length=len(EVENTS)
    )


class EndpointSecretSerializer(StrictSerializer):
    """What posts are signed with."""

    secret = serializers.CharField(default="", allow_blank=True, help_text="Else one is made.")


class NewEndpointSerializer(EndpointFieldsSerializer, EndpointSecretSerializer):
    """What a new endpoint needs."""


class EndpointSerializer(serializers.ModelSerializer[Endpoint]):
    """An endpoint, without its secret. `failing_since`: since then it has taken nothing."""

    events = serializers.ListField(child=serializers.ChoiceField(choices=EVENTS))

    class Meta:
        model = Endpoint
        fields: tuple[str, ...] = (
            *("id", "name", "url", "events", "is_paused", "failing_since", "created_at"),
        )
        read_only_fields = fields


class EndpointAccessSerializer(EndpointSerializer):
    """An endpoint with its secret, which no other answer has."""

    secret = serializers.SerializerMethodField()

    class Meta(EndpointSerializer.Meta):
        fields = (*EndpointSerializer.Meta.fields, "secret")
        read_only_fields = fields

    def get_secret(self, endpoint: Endpoint) -> str:
        """What to check signatures with."""
        return services.secret_of(endpoint)


class AttemptSerializer(serializers.Serializer[Any]):
    """What came of one attempt; `error` is empty when it arrived."""

    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    seconds = serializers.FloatField()


class DispatchSerializer(serializers.ModelSerializer[Dispatch]):
    """A mail, or a post to an endpoint, and what came of it. `id` is the `webhook-id` of every attempt."""

    endpoint_id = serializers.UUIDField(allow_null=True)
    notification_id = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(choices=Dispatch.Status.choices)
    next_attempt_at = serializers.SerializerMethodField()
    log = AttemptSerializer(many=True)

    class Meta:
        model = Dispatch
        fields = (
            *("id", "endpoint_id", "notification_id", "subject", "body", "status"),
            *("attempts", "next_attempt_at", "log", "created_at", "sent_at"),
        )
        read_only_fields = fields

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_next_attempt_at(self, dispatch: Dispatch) -> Any:
        """None when there will be none."""
        is_queued = dispatch.status == Dispatch.Status.QUEUED
        return serializers.DateTimeField().to_representation(dispatch.due_at) if is_queued else None
