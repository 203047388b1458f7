"""What people fill in about themselves and their API keys."""

import zoneinfo
from datetime import datetime, timedelta

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Scope, User


def _zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]


class ProfileForm(forms.Form):
    """Name and time zone."""

    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        choices=_zones,
        help_text=_("Times on the pages and in your runs are in this zone."),
    )


class SignUpForm(forms.Form):
    """An account of one's own."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters."),
    )

    def clean(self) -> dict[str, str]:
        """Refuse a password that is easy to guess from the other answers."""
        given: dict[str, str] = self.cleaned_data
        if "password" in given:
            user = User(email=given.get("email", ""), name=given.get("name", ""))
            try:
                validate_password(given["password"], user)
            except ValidationError as error:
                self.add_error("password", error)
        return given


class ApiKeyForm(forms.Form):
    """A new API key."""

    LIFETIMES = (
        ("30", _("30 days")),
        ("90", _("90 days")),
        ("365", _("One year")),
        ("", _("Never")),
    )

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What will use it, such as “nightly report”.")
    )
    permissions = forms.MultipleChoiceField(
        label=_("It may"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that the key may do.")},
    )
    lifetime = forms.ChoiceField(
        label=_("Expires after"), choices=LIFETIMES, required=False, initial="90"
    )

    rate_limit = forms.IntegerField(
        label=_("Requests a minute"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=_("Empty: as many as you have yourself."),
    )

    def expires_at(self) -> datetime | None:
        """When the key stops working."""
        days = self.cleaned_data["lifetime"]
        return timezone.now() + timedelta(days=int(days)) if days else None
