"""Teams, who is in them as what, and who is invited."""

import uuid
from collections.abc import Iterable
from typing import Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, F, Func, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class TeamRole(models.TextChoices):
    """What somebody may do in a team with what is shared there."""

    VIEWER = "viewer", _("Viewer")
    EDITOR = "editor", _("Editor")
    OWNER = "owner", _("Owner")


VIEWERS = frozenset(TeamRole.values)
EDITORS = frozenset({TeamRole.EDITOR, TeamRole.OWNER})
OWNERS = frozenset({TeamRole.OWNER})


def in_team_of(user_id: UUID, roles: Iterable[str], team: str = "team") -> Q:
    """Rows whose `team` is one in which they have one of these roles.

    PostgreSQL asks for their teams once, however many rows it looks at, and can use an index of `team`: with the IN of
    Django it could not, beside an OR.
    """
    theirs = Membership.objects.filter(user=user_id, role__in=sorted(roles)).values("team")
    return Q(
        Func(
            F(team),
            ArraySubquery(theirs),
            template="%(expressions)s)",
            arg_joiner=" = ANY (",
            output_field=models.BooleanField(),
        )
    )


class TeamQuerySet(models.QuerySet["Team"]):
    """Reads of teams."""

    def visible_to(self, user: User) -> Self:
        """Those that they are in."""
        return self.filter(memberships__user=user)

    def editable_by(self, user: User) -> Self:
        """Those in which they may share something."""
        return self.filter(memberships__user=user, memberships__role__in=EDITORS)

    def governed_by(self, user: User) -> Self:
        """Those that they own: owners say who is in a team."""
        return self.filter(memberships__user=user, memberships__role=TeamRole.OWNER)

    def for_lists(self) -> Self:
        """With the role of whoever asks as `role`, and the number of members as `member_count`.

        After `visible_to`, whose join has the role.
        """
        members = Membership.objects.filter(team=models.OuterRef("pk")).order_by().values("team")
        count = members.annotate(n=Count("pk")).values("n")
        return self.annotate(role=F("memberships__role"), member_count=models.Subquery(count))

    def by_name(self) -> Self:
        """In the order of lists."""
        return self.order_by("name", "pk")


class Team(models.Model):
    """People who share graphs, and lend each other credentials for them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(name=""), name="team_has_a_name"),)

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships."""

    def in_order(self) -> Self:
        """Who came first is first."""
        return self.select_related("user").order_by("joined_at", "pk")


class Membership(models.Model):
    """Somebody in a team. What they share with it refers to this row, and is theirs alone again when it goes."""

    id = models.BigAutoField(primary_key=True)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=TeamRole.choices)
    joined_at = models.DateTimeField(_("joined at"), default=now, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["team", "user"], name="once_in_a_team"),
            models.CheckConstraint(
                condition=Q(role__in=TeamRole.values), name="team_role_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Reads of invitations."""

    def owned_by(self, user: User) -> Self:
        """Those to their address that can still be accepted; where mail is sent, it must be shown to be theirs."""
        theirs = self.filter(email=user.email, expires_at__gt=now()).select_related("team")
        if settings.HAS_MAIL:
            verified = user.emailaddress_set.filter(verified=True)
            return theirs.filter(email__in=verified.values("email"))
        return theirs

    def newest_first(self) -> Self:
        """In the order of lists."""
        return self.order_by("-created_at", "-pk")


class Invitation(models.Model):
    """An e-mail address that was asked into a team, whether anybody has an account with it or not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"), max_length=254)
    role = models.CharField(_("role"), max_length=10, choices=TeamRole.choices)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)
    expires_at = models.DateTimeField(_("expires at"), db_index=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["team", "email"], name="one_invitation_per_address"),
            models.CheckConstraint(
                condition=Q(role__in=TeamRole.values), name="invitation_role_is_known"
            ),
        )
        indexes = (models.Index(fields=["email"], name="invitation_by_email"),)

    def __str__(self) -> str:
        return self.email
