"""What people fill in about a schedule, beside the inputs of its runs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import zones
from executions.triggers.models import Schedule

KINDS = [
    ("cron", _("At times of a cron expression")),
    ("interval", _("Again and again after so many seconds")),
    ("once", _("Once")),
]


EVERY_MORNING = "0 8 * * *"


class ScheduleForm(forms.Form):
    """When runs start."""

    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("When"), choices=KINDS)
    cron = forms.CharField(
        label=_("Cron expression"),
        max_length=200,
        required=False,
        help_text=_(
            "Minute, hour, day, month, day of the week: 30 7 * * 1-5 is half past seven on workdays."
        ),
    )
    timezone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    every_seconds = forms.IntegerField(label=_("Seconds"), min_value=0, required=False)
    starts_at = forms.DateTimeField(
        label=_("First moment"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    catch_up = forms.ChoiceField(label=_("What was missed"), choices=Schedule.CatchUp.choices)
    overlap = forms.ChoiceField(
        label=_("While the last run goes on"), choices=Schedule.Overlap.choices
    )

    def values(self) -> dict[str, Any]:
        """As the service takes them; a moment that nobody named is left out."""
        found = {**self.cleaned_data, "every_seconds": self.cleaned_data["every_seconds"] or 0}
        return {name: value for name, value in found.items() if value is not None}
