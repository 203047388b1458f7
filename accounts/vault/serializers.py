"""Credentials as JSON: what comes in has a secret, what goes out never."""

from typing import Any

from rest_framework import serializers

from accounts.serializers import StrictSerializer
from accounts.teams.serializers import ShareSerializer
from accounts.vault.models import TYPES, Credential, CredentialUse
from accounts.vault.rules import SECRET_FIELDS


class CredentialSerializer(serializers.ModelSerializer[Credential]):
    """A credential, without its secret."""

    type = serializers.ChoiceField(choices=TYPES)
    hosts = serializers.ListField(child=serializers.CharField())
    scopes = serializers.ListField(child=serializers.CharField())
    team_id = serializers.UUIDField(allow_null=True, help_text="The team that it is lent to.")

    class Meta:
        model = Credential
        fields = (
            *("id", "title", "provider", "type", "hosts", "base_url", "scopes", "is_default"),
            *("team_id", "is_team_default"),
            *("created_at", "changed_at", "last_used_at", "expires_at", "revoked_at"),
        )
        read_only_fields = fields


class LentCredentialSerializer(serializers.ModelSerializer[Credential]):
    """What the members of a team learn of a credential that is lent to it."""

    type = serializers.ChoiceField(choices=TYPES)
    lent_by = serializers.EmailField(source="user.email")

    class Meta:
        model = Credential
        fields = ("id", "title", "provider", "type", "is_team_default", "lent_by", "expires_at")
        read_only_fields = fields


class LendSerializer(ShareSerializer):
    """To whom a credential is lent; `is_default`: for runs of the team's graphs that name none."""

    is_default = serializers.BooleanField(default=False)


class SecretSerializer(StrictSerializer):
    """The parts of a secret; which of them are needed depends on the type."""

    api_key = serializers.CharField(max_length=8000, required=False, write_only=True)
    username = serializers.CharField(max_length=500, required=False, write_only=True)
    password = serializers.CharField(
        max_length=8000, required=False, write_only=True, trim_whitespace=False
    )
    headers = serializers.DictField(
        child=serializers.CharField(max_length=8000), required=False, write_only=True
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The parts go together, as `secret`."""
        names = {name for fields in SECRET_FIELDS.values() for name in fields}
        secret = {name: value for name, value in attrs.items() if name in names}
        rest = {name: value for name, value in attrs.items() if name not in names}
        return {**rest, "secret": secret}


def _hosts(**options: Any) -> serializers.ListField:
    child = serializers.CharField(max_length=260)
    return serializers.ListField(
        child=child, max_length=20, help_text="Where it may be sent.", **options
    )


class NewCredentialSerializer(SecretSerializer):
    """A credential to keep. OAuth credentials are made by connecting."""

    title = serializers.CharField(max_length=100)
    provider = serializers.CharField(max_length=40)
    type = serializers.ChoiceField(choices=[(type_, type_) for type_ in SECRET_FIELDS])
    hosts = _hosts(default=list)
    base_url = serializers.CharField(max_length=500, allow_blank=True, default="")
    expires_at = serializers.DateTimeField(allow_null=True, default=None)
    is_default = serializers.BooleanField(default=False)


class ChangedCredentialSerializer(SecretSerializer):
    """What to change; what is not given stays. Other hosts need the secret again."""

    title = serializers.CharField(max_length=100, required=False)
    hosts = _hosts(required=False)
    base_url = serializers.CharField(max_length=500, allow_blank=True, required=False)
    expires_at = serializers.DateTimeField(allow_null=True, required=False)


class VerdictSerializer(serializers.Serializer[Any]):
    """Whether the provider still takes a credential; null where nobody can tell."""

    works = serializers.BooleanField(allow_null=True)
    message = serializers.CharField()


class CredentialUseSerializer(serializers.ModelSerializer[CredentialUse]):
    """One use of a credential; `execution_id` is null for a block that was run by itself."""

    class Meta:
        model = CredentialUse
        fields = ("execution_id", "node_id", "block_id", "used_at")
        read_only_fields = fields


class ConnectSerializer(StrictSerializer):
    """Access to ask a provider for."""

    provider = serializers.CharField(max_length=40)
    title = serializers.CharField(max_length=100, allow_blank=True, default="")
    server_url = serializers.CharField(
        max_length=500,
        allow_blank=True,
        default="",
        help_text="The address of an MCP server that is to be connected; provider is mcp then.",
    )
    scopes = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=50, default=list
    )


class LoginUrlSerializer(serializers.Serializer[Any]):
    """Where the user goes to agree, in a browser that is logged in here, within ten minutes."""

    login_url = serializers.CharField()
