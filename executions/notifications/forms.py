"""What people fill in about how they want to be told."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from executions.notifications.models import EVENTS, Mail
from executions.notifications.wants import Want
from executions.rows.notifications import Event


class PreferencesForm(forms.Form):
    """For each event, whether the page shows it and when a mail tells of it."""

    def __init__(self, wants: Mapping[Event, Want], data: Any = None) -> None:
        super().__init__(data)
        for name, label in EVENTS:
            want = wants[Event(name)]
            self.fields[f"{name}-page"] = forms.BooleanField(
                label=_("On the page"), required=False, initial=want.on_page
            )
            self.fields[f"{name}-mail"] = forms.ChoiceField(
                label=label, choices=Mail.choices, initial=want.mail
            )

    def rows(self) -> list[tuple[Any, BoundField, BoundField]]:
        """(name of the event, its two fields)."""
        return [(label, self[f"{name}-page"], self[f"{name}-mail"]) for name, label in EVENTS]

    def wants(self) -> dict[Event, Want]:
        """What was chosen."""
        given = self.cleaned_data
        return {
            event: Want(given[f"{event}-page"], given[f"{event}-mail"])
            for event in map(Event, dict(EVENTS))
        }


class EndpointForm(forms.Form):
    """Where to post what."""

    name = forms.CharField(label=_("Name"), max_length=100)
    url = forms.CharField(
        label=_("Address"), max_length=2_000, widget=forms.URLInput, help_text=_("http or https.")
    )
    events = forms.MultipleChoiceField(
        label=_("What it is told of"), choices=EVENTS, widget=forms.CheckboxSelectMultiple
    )
