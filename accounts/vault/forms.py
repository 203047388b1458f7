"""What people fill in about a credential."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.teams.models import Team
from accounts.vault.discovery import MCP
from accounts.vault.models import Credential
from accounts.vault.rules import SECRET_FIELDS
from blocks import catalogue, providers
from blocks.credentials import CredentialType


class SecretArea(forms.Textarea):
    """Lines that are not shown again, as a password is not."""

    def format_value(self, value: Any) -> str:
        """Nothing."""
        return ""


def _secret_input() -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": "off"})


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class CredentialForm(forms.Form):
    """A new credential of one type, or a changed one: then an empty secret stays as it is."""

    title = forms.CharField(
        label=_("Title"),
        max_length=100,
        help_text=_("How you will know it, such as “work account”."),
    )
    provider = forms.ChoiceField(label=_("Provider"))
    api_key = forms.CharField(label=_("API key"), max_length=8000, widget=_secret_input())
    username = forms.CharField(label=_("User"), max_length=500)
    password = forms.CharField(
        label=_("Password"), max_length=8000, strip=False, widget=_secret_input()
    )
    headers = forms.CharField(
        label=_("Headers"),
        max_length=20_000,
        widget=SecretArea(attrs={"rows": 3, "class": "code", "autocomplete": "off"}),
        help_text=_("One a line, such as Authorization: Bearer …"),
    )
    base_url = forms.CharField(
        label=_("Address"),
        max_length=500,
        required=False,
        help_text=_("For servers that can be anywhere, such as https://llm.example.com/v1."),
    )
    hosts = forms.CharField(
        label=_("Hosts"),
        max_length=6_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Where it may be sent, one a line; for known providers leave it empty."),
    )
    is_default = forms.BooleanField(
        label=_("Use it where a run names none for this provider"), required=False
    )

    def __init__(self, type_: str, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.type = type_
        self.fields["provider"].choices = provider_choices(type_)  # type: ignore[attr-defined]  # a choice field
        for name in {name for names in SECRET_FIELDS.values() for name in names}:
            if name not in SECRET_FIELDS[type_]:
                del self.fields[name]
        if type_ != CredentialType.API_KEY:
            del self.fields["base_url"]

    def clean_headers(self) -> dict[str, str]:
        """The headers by name."""
        pairs = [line.partition(":") for line in _lines(self.cleaned_data["headers"])]
        if any(not colon for _name, colon, _value in pairs):
            raise ValidationError(_("Each line needs a name, a colon and a value."))
        return {name.strip(): value.strip() for name, _colon, value in pairs}

    def values(self) -> dict[str, Any]:
        """As the services take them."""
        given = dict(self.cleaned_data)
        given["hosts"] = _lines(given.get("hosts", ""))
        secret = {name: given.pop(name) for name in SECRET_FIELDS[self.type] if name in given}
        return given | {"secret": secret}

    def refuse(self, error: ValidationError) -> None:
        """Show what a service minds next to the field that it is about."""
        for field, messages in error.message_dict.items():
            self.add_error(field if field in self.fields else None, messages)


class ChangeForm(CredentialForm):
    """What can be changed of a credential."""

    def __init__(self, type_: str, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(type_, data, **options)
        del self.fields["provider"]
        del self.fields["is_default"]
        for name in SECRET_FIELDS[type_]:
            self.fields[name].required = False
            self.fields[name].help_text = _("Empty: it stays as it is.")


class LendForm(forms.Form):
    """The team that a credential is lent to."""

    team = forms.ModelChoiceField(
        queryset=Team.objects.none(), required=False, label=_("Lent to"), empty_label=_("Nobody")
    )
    is_default = forms.BooleanField(
        label=_("The team's graphs use it where a run names none for this provider"), required=False
    )

    def __init__(self, credential: Credential, data: Mapping[str, Any] | None = None) -> None:
        given = {"team": credential.team_id, "is_default": credential.is_team_default}
        super().__init__(data, initial=given)
        teams = Team.objects.editable_by(credential.user).by_name()
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]  # its field has one


class ConnectForm(forms.Form):
    """An account at an OAuth provider to connect."""

    provider = forms.ChoiceField(label=_("Provider"))
    title = forms.CharField(label=_("Title"), max_length=100, required=False)
    server_url = forms.CharField(
        label=_("Address"),
        max_length=500,
        required=False,
        help_text=_(
            "Of an MCP server, such as https://mcp.example.com/mcp; for others leave it empty."
        ),
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        names = sorted({*settings.OAUTH_PROVIDERS, MCP})
        choices = [(name, catalogue.provider_label(name)) for name in names]
        self.fields["provider"].choices = choices  # type: ignore[attr-defined]  # a choice field


def provider_choices(type_: str) -> list[tuple[str, str]]:
    """Providers whose credentials can have this type."""
    return [
        (name, catalogue.provider_label(name))
        for name, provider in sorted(providers.PROVIDERS.items())
        if type_ in provider.types
    ]
