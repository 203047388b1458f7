"""What people fill in about themselves and their API keys."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import timezones
from accounts.models import Scope


def zones() -> list[tuple[str, str]]:
    """The choices of a field for a time zone."""
    return [(name, name.replace("_", " ")) for name in timezones.names()]


class ProfileForm(forms.Form):
    """Name, language and time zone."""

    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=(("", _("That of the browser")), *settings.LANGUAGES),
        required=False,
        help_text=_("Of the pages, and of the mails that you get."),
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zones,
        help_text=_("Times on the pages and in your runs are in this zone."),
    )


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

    def values(self) -> dict[str, Any]:
        """What the key is to have."""
        days = self.cleaned_data["lifetime"]
        end = timezone.now() + timedelta(days=int(days)) if days else None
        return self._others() | {"expires_at": end}

    def _others(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name != "lifetime"}
        return given | {"permissions": sorted(given["permissions"])}


class EditApiKeyForm(ApiKeyForm):
    """Another name, other permissions, another end or limit."""

    KEEP = "keep"

    lifetime = forms.ChoiceField(
        label=_("Expires after"),
        choices=((KEEP, _("As it is")), *ApiKeyForm.LIFETIMES),
        required=False,
        initial=KEEP,
        help_text=_("From now on."),
    )

    def values(self) -> dict[str, Any]:
        """What the key is to have from now on."""
        is_kept = self.cleaned_data["lifetime"] == self.KEEP
        return self._others() if is_kept else super().values()
