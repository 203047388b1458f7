"""What the page of a graph offers: only what the reader may do with the graph."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.teams.models import EDITORS, OWNERS, Membership, Team, TeamRole
from graphs.models import Audience, Graph


class ShareForm(forms.Form):
    """The team of a graph."""

    team = forms.ModelChoiceField(
        queryset=Team.objects.none(), required=False, label=gettext_lazy("Shared with")
    )

    def __init__(self, graph: Graph, user: User, data: Any = None) -> None:
        super().__init__(data, initial={"team": graph.team_id})
        own = Q(pk__in=Team.objects.editable_by(user)) | Q(pk=graph.team_id)
        self.fields["team"].queryset = Team.objects.filter(own).by_name()  # type: ignore[attr-defined]  # its field has one
        self.fields["team"].empty_label = _("Nobody")  # type: ignore[attr-defined]


class OfferForm(forms.Form):
    """For whom a graph is a template: a team only while it has one, everybody only if an operator says so."""

    template_for = forms.ChoiceField(label=gettext_lazy("Template for"))

    def __init__(self, graph: Graph, user: User, data: Any = None) -> None:
        super().__init__(data, initial={"template_for": graph.template_for})
        possible = {Audience.NOBODY, Audience(graph.template_for)}
        possible |= {Audience.TEAM} if graph.team_id else set()
        possible |= {Audience.EVERYBODY} if user.is_staff else set()
        choices = [(each.value, each.label) for each in Audience if each in possible]
        self.fields["template_for"].choices = choices  # type: ignore[attr-defined]  # its field has them


def rights(graph: Graph, user: User) -> dict[str, Any]:
    """`may_edit`, `may_govern`, and the forms of who shares the graph and takes it (one or two queries)."""
    role = role_of(graph, user)
    may_govern = role in OWNERS
    return {
        "may_edit": role in EDITORS,
        "may_govern": may_govern,
        "share_form": ShareForm(graph, user) if may_govern else None,
        "offer_form": OfferForm(graph, user) if may_govern else None,
    }


def may_edit(graph: Graph, user: User) -> bool:
    """Whether they may change and run it (one query, unless it is theirs)."""
    return role_of(graph, user) in EDITORS


def role_of(graph: Graph, user: User) -> str:
    """What they are to the graph, as if in its team; empty for strangers."""
    if graph.owner_id == user.pk:
        return TeamRole.OWNER
    roles = Membership.objects.filter(team=graph.team_id, user=user).values_list("role", flat=True)
    return roles.first() or ""
