"""What people fill in about their data."""

from django import forms
from django.utils.translation import gettext_lazy as _

from executions.retention.models import MAX_DAYS


class PolicyForm(forms.Form):
    """How long what is kept."""

    run_days = forms.IntegerField(
        label=_("Delete runs after so many days"),
        min_value=1,
        max_value=MAX_DAYS,
        required=False,
        help_text=_(
            "With their values and files, once they have ended. Empty: as the installation says."
        ),
    )
    event_days = forms.IntegerField(
        label=_("Delete the events of runs after so many days"),
        min_value=1,
        max_value=MAX_DAYS,
        required=False,
    )
    file_days = forms.IntegerField(
        label=_("Delete files after so many days"),
        min_value=1,
        max_value=MAX_DAYS,
        required=False,
    )
