"""What people do with teams: make, rename and delete one, invite, join, change roles, leave.

Rule 1: a team has an owner as long as somebody is in it; whoever changes roles or goes holds the team's row meanwhile.
Rule 2: inviting looks the same whether somebody has an account with the address or not.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.errors import (
    AlreadyMemberError,
    LastOwnerError,
    NotMemberError,
    TeamFullError,
    TeamGoneError,
)
from accounts.models import User
from accounts.teams import mails
from accounts.teams.models import Invitation, Membership, Team, TeamRole

INVITATION_LASTS = timedelta(days=14)
MAX_MEMBERS = 200  # with those who are invited


@transaction.atomic
def create_team(*, owner: User, name: str) -> Team:
    """Make a team with this person in it."""
    team = Team.objects.create(name=name)
    Membership.objects.create(team=team, user=owner, role=TeamRole.OWNER)
    _note("create", team, owner)
    return team


@transaction.atomic
def rename_team(team: Team, *, name: str, by: User) -> Team:
    """Call it something else."""
    team.name = name
    team.save(update_fields=["name"])
    _note("rename", team, by)
    return team


@transaction.atomic
def delete_team(team: Team, *, by: User) -> None:
    """End the team; what was shared with it is its owners' alone again."""
    _note("delete", team, by)
    _locked(team).delete()


@transaction.atomic
def invite(*, team: Team, email: str, role: TeamRole, by: User) -> Invitation:
    """Ask an address into the team; asking again changes the role and the end of the invitation, and sends no mail.

    Raises `AlreadyMemberError` and `TeamFullError`.
    """
    email = email.strip().lower()
    _locked(team)
    if team.memberships.filter(user__email=email).exists():
        raise AlreadyMemberError(_("This person is in the team already"))
    others = team.invitations.exclude(email=email)
    if team.memberships.count() + others.count() >= MAX_MEMBERS:
        raise TeamFullError(
            _("A team may have %(count)s members and invitations at most") % {"count": MAX_MEMBERS}
        )
    invitation, is_new = Invitation.objects.update_or_create(
        team=team,
        email=email,
        defaults={
            "role": role,
            "invited_by": by,
            "expires_at": timezone.now() + INVITATION_LASTS,
        },
    )
    _note("invite", team, by, email=email, role=role)
    if is_new:
        transaction.on_commit(lambda: mails.send_invitation(invitation), robust=True)
    return invitation


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User) -> None:
    """Take an invitation back."""
    _note("withdraw", invitation.team, by, email=invitation.email)
    invitation.delete()


@transaction.atomic
def accept(invitation: Invitation, *, user: User) -> Membership:
    """Join the team as what the invitation says. Who is in it already keeps their role. Raises `TeamGoneError`."""
    _locked(invitation.team)
    used, _rows = Invitation.objects.filter(pk=invitation.pk).delete()
    if not used:
        raise TeamGoneError(_("This invitation was withdrawn"))
    membership, _is_new = Membership.objects.get_or_create(
        team=invitation.team, user=user, defaults={"role": invitation.role}
    )
    _note("join", invitation.team, user, role=membership.role)
    return membership


@transaction.atomic
def decline(invitation: Invitation, *, user: User) -> None:
    """Say no."""
    _note("decline", invitation.team, user)
    invitation.delete()


@transaction.atomic
def change_role(membership: Membership, *, role: TeamRole, by: User) -> Membership:
    """Make somebody something else in the team. Raises `LastOwnerError` and `TeamGoneError`."""
    membership = _current(membership)
    if role != TeamRole.OWNER:
        _require_another_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    _note("role", membership.team, by, member=membership.user.email, role=role)
    return membership


@transaction.atomic
def remove(membership: Membership, *, by: User) -> None:
    """Take somebody, or oneself, out of the team, with what they had shared with it.

    Raises `LastOwnerError` and `TeamGoneError`.
    """
    membership = _current(membership)
    _require_another_owner(membership)
    is_own = membership.user_id == by.pk
    _note("leave" if is_own else "remove", membership.team, by, member=membership.user.email)
    membership.delete()


def require_member(team: Team, user_id: UUID) -> None:
    """Raise `NotMemberError` unless they are in the team, and stay so until the transaction ends."""
    row = Membership.objects.select_for_update().filter(team=team, user=user_id)
    if not row.exists():
        raise NotMemberError(_("The owner of this is not in that team (any more)"))


def _locked(team: Team) -> Team:
    locked = Team.objects.select_for_update().filter(pk=team.pk).first()
    if locked is None:
        raise TeamGoneError(_("This team was deleted"))
    return locked


def _current(membership: Membership) -> Membership:
    """The row as it is, with its team held. Raises `TeamGoneError`."""
    _locked(membership.team)
    rows = Membership.objects.select_related("team", "user")
    current = rows.filter(pk=membership.pk).first()
    if current is None:
        raise TeamGoneError(_("This person has left the team"))
    return current


def _require_another_owner(membership: Membership) -> None:
    if membership.role != TeamRole.OWNER:
        return
    others = membership.team.memberships.exclude(pk=membership.pk)
    if not others.filter(role=TeamRole.OWNER).exists():
        raise LastOwnerError(_("A team needs an owner; make somebody else one first, or delete it"))


def _note(verb: str, team: Team, by: User, **details: str) -> None:
    record(Action.TEAM, actor=by, target=f"{team.name} ({team.pk})", verb=verb, **details)
