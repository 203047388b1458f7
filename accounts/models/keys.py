"""API keys, and what they may be used for."""

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class Scope(models.TextChoices):
    """What an API key may be used for."""

    IDENTITY = "identity", _("See who you are")
    WRITE_IDENTITY = "write_identity", _("Change your profile and end your logins")
    READ_GRAPHS = "read_graphs", _("Read graphs")
    WRITE_GRAPHS = "write_graphs", _("Create and change graphs")
    RUN_GRAPHS = "run_graphs", _("Run graphs")
    READ_EXECUTIONS = "read_executions", _("Read runs")
    STOP_EXECUTIONS = "stop_executions", _("Stop and delete runs")
    READ_BLOCKS = "read_blocks", _("Read blocks")
    RUN_BLOCKS = "run_blocks", _("Run single blocks")
    MANAGE_KEYS = "manage_keys", _("Manage API keys")
    CREDITS = "credits", _("See credits")
    READ_FILES = "read_files", _("Read files")
    WRITE_FILES = "write_files", _("Upload and delete files")
    READ_KNOWLEDGE = "read_knowledge", _("Read and search knowledge")
    WRITE_KNOWLEDGE = "write_knowledge", _("Add and delete knowledge")
    READ_CREDENTIALS = "read_credentials", _("See credentials, without their secrets")
    READ_TRIGGERS = "read_triggers", _("Read presets and schedules")
    WRITE_TRIGGERS = "write_triggers", _("Create and change presets and schedules")
    WRITE_CREDENTIALS = "write_credentials", _("Add, change and revoke credentials")
    READ_NOTIFICATIONS = "read_notifications", _("Read notifications")
    WRITE_NOTIFICATIONS = "write_notifications", _("Change how you are told of what")
    READ_TEAMS = "read_teams", _("See teams and invitations")
    WRITE_TEAMS = "write_teams", _("Make, change, join and leave teams")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Reads of API keys."""

    def owned_by(self, user: User) -> "ApiKeyQuerySet":
        """Their own keys."""
        return self.filter(user=user)

    def usable(self, now: datetime) -> "ApiKeyQuerySet":
        """Keys that open the door at this moment."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=now),
            is_active=True,
            revoked_at=None,
            user__is_active=True,
        )

    def newest_first(self) -> "ApiKeyQuerySet":
        """In the order of lists."""
        return self.order_by("-created_at", "-pk")


class ApiKey(models.Model):
    """A secret that stands for a user in a program. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("prefix"), max_length=16, editable=False)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    permissions = ArrayField(
        models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("permissions")
    )
    rate_limit = models.PositiveIntegerField(
        _("requests a minute"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["user", "-created_at"], name="api_key_by_user"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
