"""What people fill in about teams."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.teams.models import TeamRole

ROLE_HELP = _(
    "Viewers look at graphs and runs, editors change and run them, owners share and delete them."
)


class TeamForm(forms.Form):
    """What a team is called."""

    name = forms.CharField(label=_("Name"), max_length=100)


class RoleForm(forms.Form):
    """What somebody is in a team."""

    role = forms.ChoiceField(
        label=_("Role"), choices=TeamRole.choices, initial=TeamRole.EDITOR, help_text=ROLE_HELP
    )


class InviteForm(RoleForm):
    """Whom to ask, and as what."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    field_order = ("email", "role")
