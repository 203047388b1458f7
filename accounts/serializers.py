"""Accounts as JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts import timezones
from accounts.models import ApiKey, Role, Scope, User


class StrictSerializer(serializers.Serializer[Any]):
    """Base of request bodies: a field that nobody knows is refused, so that a misspelt one is noticed."""

    def to_internal_value(self, data: Any) -> Any:
        """Raises `ValidationError`."""
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = {name: [_("There is no such field.")] for name in sorted(set(data) - known)}
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class RefreshSerializer(StrictSerializer):
    """A refresh token."""

    refresh = serializers.CharField(max_length=4_000)


class TokenPairSerializer(serializers.Serializer[Any]):
    """A short-lived access token, and a refresh token that works once."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class TicketSerializer(serializers.Serializer[Any]):
    """A ticket that opens one WebSocket connection."""

    ticket = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")


class UserSerializer(serializers.ModelSerializer[User]):
    """A user."""

    role = serializers.ChoiceField(choices=Role.choices)

    class Meta:
        model = User
        fields = (
            *("id", "email", "name", "role", "timezone", "language"),
            *("credits", "created_at", "last_login"),
        )
        read_only_fields = fields


class TimezoneSerializer(StrictSerializer):
    """A time zone."""

    timezone = serializers.CharField(max_length=64, help_text="A name such as Europe/Berlin.")

    def validate_timezone(self, name: str) -> str:
        """Raises `ValidationError` for a name that is not in the time zone database."""
        if name not in timezones.names():
            raise serializers.ValidationError(
                _('There is no time zone "%(name)s".') % {"name": name}
            )
        return name


class ProfileSerializer(TimezoneSerializer):
    """What people can change about themselves; what is not given stays."""

    name = serializers.CharField(max_length=100, allow_blank=True, required=False)
    timezone = serializers.CharField(
        max_length=64, required=False, help_text="A name such as Europe/Berlin."
    )
    language = serializers.ChoiceField(
        choices=settings.LANGUAGES,
        allow_blank=True,
        required=False,
        help_text="Of pages and mails; empty: that of the browser.",
    )


class CreditsSerializer(serializers.Serializer[User]):
    """The balance."""

    credits = serializers.IntegerField()


def permissions_field() -> serializers.ListField:
    """A list of permissions with at least one."""
    return serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices),
        allow_empty=False,
        max_length=len(Scope),
    )


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    """An API key, without its text."""

    permissions = permissions_field()

    class Meta:
        model = ApiKey
        fields: tuple[str, ...] = (
            *("id", "name", "prefix", "permissions", "is_active", "created_at"),
            *("last_used_at", "expires_at", "revoked_at", "rate_limit"),
        )
        read_only_fields = fields


class NewApiKeySerializer(ApiKeySerializer):
    """A new API key. Its text is shown here and never again."""

    key = serializers.CharField(read_only=True)

    class Meta(ApiKeySerializer.Meta):
        fields = (*ApiKeySerializer.Meta.fields, "key")
        read_only_fields = fields


class PermissionsSerializer(StrictSerializer):
    """What an API key may be used for."""

    permissions = permissions_field()


class _Bounds(StrictSerializer):
    """Until when, and how often, a key may be used."""

    expires_at = serializers.DateTimeField(allow_null=True, required=False)
    rate_limit = serializers.IntegerField(
        min_value=1,
        max_value=1_000_000,
        allow_null=True,
        required=False,
        help_text="Requests a minute; null: as many as its user.",
    )

    def validate_expires_at(self, moment: datetime | None) -> datetime | None:
        """Raises `ValidationError` for a moment in the past."""
        if moment is not None and moment <= timezone.now():
            raise serializers.ValidationError(_("This moment has passed."))
        return moment


class ApiKeyIssueSerializer(PermissionsSerializer, _Bounds):
    """What a new API key needs."""

    name = serializers.CharField(max_length=100)


class ApiKeyChangeSerializer(_Bounds):
    """What can be changed of an API key beside its permissions; what is not given stays."""

    name = serializers.CharField(max_length=100, required=False)
