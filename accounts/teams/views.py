"""The pages of teams: list and invitations, one team with its members."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import AlreadyMemberError, LastOwnerError, TeamFullError
from accounts.http import UserRequest
from accounts.limits.middleware import limited_as
from accounts.limits.rates import RouteClass
from accounts.teams import services
from accounts.teams.finding import find
from accounts.teams.forms import InviteForm, RoleForm, TeamForm
from accounts.teams.models import Invitation, Membership, Team, TeamRole


@login_required
@require_http_methods(["GET", "POST"])
def team_list(request: UserRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        team = services.create_team(owner=request.user, **form.cleaned_data)
        return redirect("teams:detail", team.pk)
    context = {
        "form": form,
        "teams": Team.objects.visible_to(request.user).for_lists().by_name(),
        "invitations": Invitation.objects.owned_by(request.user).newest_first(),
    }
    return render(request, "teams/list.html", context)


@login_required
@require_GET
def team_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    team = get_object_or_404(Team.objects.visible_to(request.user).for_lists(), pk=pk)
    return render(request, "teams/detail.html", _page(team, InviteForm()))


def _page(team: Any, form: InviteForm) -> dict[str, Any]:
    """`team` has the role of the reader."""
    return {
        "team": team,
        "is_owner": team.role == TeamRole.OWNER,
        "members": team.memberships.in_order(),
        "roles": TeamRole.choices,
        "invitations": team.invitations.newest_first(),
        "form": form,
    }


@limited_as(RouteClass.AUTH)  # it sends mails to strangers
@login_required
@require_POST
def invite(request: UserRequest, pk: UUID) -> HttpResponse:
    team, form = _governed(request, pk), InviteForm(request.POST)
    if form.is_valid():
        try:
            services.invite(team=team, by=request.user, **form.cleaned_data)
        except (AlreadyMemberError, TeamFullError) as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("The invitation is made."))
            return redirect("teams:detail", pk)
    shown = Team.objects.visible_to(request.user).for_lists().get(pk=pk)
    return render(request, "teams/detail.html", _page(shown, form), status=422)


@login_required
@require_POST
def withdraw(request: UserRequest, pk: UUID, invitation_pk: UUID) -> HttpResponse:
    invitations = _governed(request, pk).invitations.select_related("team")
    services.withdraw(get_object_or_404(invitations, pk=invitation_pk), by=request.user)
    return redirect("teams:detail", pk)


@login_required
@require_POST
def rename(request: UserRequest, pk: UUID) -> HttpResponse:
    team, form = _governed(request, pk), TeamForm(request.POST)
    if form.is_valid():
        services.rename_team(team, by=request.user, **form.cleaned_data)
    else:
        messages.error(request, _("Give the team a name of 100 characters at most."))
    return redirect("teams:detail", pk)


@login_required
@require_POST
def change_role(request: UserRequest, pk: UUID, user_pk: UUID) -> HttpResponse:
    member, form = _member(request, pk, user_pk), RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("There is no such role."))
        return redirect("teams:detail", pk)
    try:
        services.change_role(member, by=request.user, **form.cleaned_data)
    except LastOwnerError as error:
        messages.error(request, str(error))
    return redirect("teams:detail", pk)


@login_required
@require_POST
def remove(request: UserRequest, pk: UUID, user_pk: UUID) -> HttpResponse:
    try:
        services.remove(_member(request, pk, user_pk), by=request.user)
    except LastOwnerError as error:
        messages.error(request, str(error))
    return redirect("teams:detail", pk)


@login_required
@require_POST
def leave(request: UserRequest, pk: UUID) -> HttpResponse:
    rows = Membership.objects.select_related("team")
    try:
        services.remove(get_object_or_404(rows, team=pk, user=request.user), by=request.user)
    except LastOwnerError as error:
        messages.error(request, str(error))
        return redirect("teams:detail", pk)
    messages.success(request, _("You have left the team."))
    return redirect("teams:list")


@login_required
@require_POST
def delete(request: UserRequest, pk: UUID) -> HttpResponse:
    services.delete_team(_governed(request, pk), by=request.user)
    messages.success(request, _("The team is deleted."))
    return redirect("teams:list")


@login_required
@require_POST
def accept(request: UserRequest, pk: UUID) -> HttpResponse:
    membership = services.accept(_invitation(request, pk), user=request.user)
    return redirect("teams:detail", membership.team_id)


@login_required
@require_POST
def decline(request: UserRequest, pk: UUID) -> HttpResponse:
    services.decline(_invitation(request, pk), user=request.user)
    return redirect("teams:list")


def _invitation(request: UserRequest, pk: UUID) -> Invitation:
    return get_object_or_404(Invitation.objects.owned_by(request.user), pk=pk)


def _governed(request: UserRequest, pk: UUID) -> Team:
    teams = Team.objects
    return find(teams.governed_by(request.user), teams.visible_to(request.user), pk=pk)


def _member(request: UserRequest, pk: UUID, user_pk: UUID) -> Membership:
    members = Membership.objects.select_related("team").filter(team=_governed(request, pk))
    return get_object_or_404(members, user=user_pk)
