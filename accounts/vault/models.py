"""Credentials, who used them when, and connections to OAuth providers that are being made."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Q, When
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.teams.models import EDITORS, VIEWERS, Team, in_team_of
from blocks.credentials import CredentialType

TYPE_LABELS = {
    CredentialType.API_KEY: _("API key"),
    CredentialType.USER_PASSWORD: _("User and password"),
    CredentialType.OAUTH2: _("OAuth"),
    CredentialType.HOST_SCOPED: _("Headers"),
}
TYPES = [(type_.value, label) for type_, label in TYPE_LABELS.items()]


# An id, or a question for one; None for no team.
TeamOfGraph = uuid.UUID | models.Subquery | None


class Sealed(models.Model):
    """Base of what keeps a secret, encrypted for its own row (see `cipher`). `services.rotate_keys` finds them all."""

    secret = models.TextField(editable=False)

    class Meta:
        abstract = True


class CredentialQuerySet(models.QuerySet["Credential"]):
    """Reads of credentials; the secret is not among them."""

    def owned_by(self, user: User) -> Self:
        """Their own."""
        return self.filter(user=user)

    def open_to(self, user_id: uuid.UUID, team: "TeamOfGraph") -> Self:
        """Those that a run of theirs may use: their own, and those that are lent to the team of its graph.

        `is_usual` marks the defaults, of theirs and of the team. Who is in the team now counts, so a run that goes on
        loses what its user may use no more.
        """
        open_, usual = Q(user=user_id), Q(user=user_id, is_default=True)
        if team is not None:
            open_ |= Q(team=team) & in_team_of(user_id, EDITORS)
            usual |= Q(team=team, is_team_default=True)
        is_usual = Case(When(usual, then=True), default=False, output_field=models.BooleanField())
        return self.filter(open_).annotate(is_usual=is_usual)

    def lent_to_teams_of(self, user: User) -> Self:
        """Those of others that are lent to teams that they are in."""
        return (
            self.filter(in_team_of(user.pk, VIEWERS))
            .select_related("user", "team")
            .exclude(user=user)
        )

    def lent_to(self, team: Team) -> Self:
        """Those that the members of this team may use, without seeing more than what they are for."""
        return self.filter(team=team).select_related("user")

    def usable(self) -> Self:
        """Those that a run may use now. An OAuth token that has expired is renewed when it is used."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=now()) | Q(type=CredentialType.OAUTH2),
            revoked_at=None,
        )

    def fitting(self, providers: Iterable[str], types: Iterable[str]) -> Self:
        """Those for one of these providers that consist of one of these."""
        return self.filter(provider__in=list(providers), type__in=list(types))

    def newest_first(self) -> Self:
        """In the order of lists."""
        return self.order_by("-created_at", "-pk")


class Credential(Sealed):
    """A secret of a user for other people's servers, bound to a provider and its hosts.

    The secret is empty once it is revoked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="credentials")
    title = models.CharField(_("title"), max_length=100)
    provider = models.CharField(_("provider"), max_length=40)
    type = models.CharField(_("type"), max_length=20, choices=TYPES)
    hosts = ArrayField(models.CharField(max_length=260), verbose_name=_("hosts"))
    base_url = models.CharField(_("address"), max_length=500, blank=True)
    scopes = ArrayField(models.CharField(max_length=200), verbose_name=_("scopes"), default=list)
    is_default = models.BooleanField(_("default"), default=False)
    # Lent to a team that its user is in, see the migration: when they leave it, this becomes null.
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="credentials"
    )
    is_usual: bool  # where `open_to` was asked
    is_team_default = models.BooleanField(_("default of the team"), default=False, db_default=False)
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=now, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(type__in=[type_.value for type_ in CredentialType]),
                name="credential_type_is_known",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(secret="", is_default=False),
                name="revoked_credential_is_empty",
            ),
            models.UniqueConstraint(
                fields=["user", "provider"],
                condition=Q(is_default=True),
                name="one_default_per_provider",
            ),
            models.UniqueConstraint(
                fields=["team", "provider"],
                condition=Q(is_team_default=True),
                name="one_team_default_per_provider",
            ),
        )
        indexes = (models.Index(fields=["user", "-created_at"], name="credential_by_user"),)

    def __str__(self) -> str:
        return f"{self.title} ({self.provider})"

    def is_expired(self, moment: datetime | None = None) -> bool:
        """Whether its time is over, at this moment or now."""
        return self.expires_at is not None and self.expires_at <= (moment or now())


class CredentialUse(models.Model):
    """Something that used a credential: one attempt on a node, or a block that was run by itself."""

    id = models.BigAutoField(primary_key=True)
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="uses")
    execution_id = models.UUIDField(_("run"), null=True)
    node_id = models.CharField(_("node"), max_length=100, blank=True)
    block_id = models.CharField(_("block"), max_length=100)
    used_at = models.DateTimeField(_("used at"), default=now)

    class Meta:
        indexes = (models.Index(fields=["credential", "-id"], name="use_by_credential"),)

    def __str__(self) -> str:
        return f"{self.block_id} at {self.used_at:%Y-%m-%d %H:%M:%S}"


class PendingConnection(models.Model):
    """Somebody who was sent to an OAuth provider and is to come back, once, with this state."""

    state_hash = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    provider = models.CharField(max_length=40)
    title = models.CharField(max_length=100)
    scopes = ArrayField(models.CharField(max_length=200), default=list)
    verifier = models.TextField()  # encrypted
    redirect_uri = models.CharField(max_length=500)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.provider} for {self.user_id}"
