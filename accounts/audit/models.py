"""The audit log. A trigger of the database keeps its rows from being changed or deleted."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """What is written down."""

    LOGIN = "login", _("Logged in")
    LOGIN_FAILED = "login_failed", _("Could not log in")
    LOGOUT = "logout", _("Logged out")
    TOKEN_REUSED = "token_reused", _("Used a refresh token twice")
    PASSWORD = "password", _("Changed a password")
    ACCOUNT = "account", _("Made an account")
    EMAIL = "email", _("Verified an e-mail address")
    SECOND_FACTOR = "second_factor", _("Changed two-factor authentication")
    PASSKEY = "passkey", _("Added or removed a passkey")
    CONNECTION = "connection", _("Connected or disconnected a login of another site")
    API_KEY = "api_key", _("Made or changed an API key")
    CREDENTIAL = "credential", _("Made or changed a credential")
    TRIGGER = "trigger", _("Made or changed what starts runs")
    TEAM = "team", _("Made or changed a team")
    SHARING = "sharing", _("Shared something, or no longer")
    CREDITS = "credits", _("Granted credits")
    LOW_BALANCE = "low_balance", _("Credits are running low")
    ANSWER = "answer", _("Answered for a node that waits")
    ADMIN = "admin", _("Did something in the admin")
    EXPORT = "export", _("Took data out")


class AuditEntry(models.Model):
    """One thing that somebody did. It outlives its actor, so it names them and points to nobody."""

    id = models.BigAutoField(primary_key=True)
    created_at = models.DateTimeField(_("when"), default=now, editable=False)
    action = models.CharField(_("action"), max_length=20, choices=Action.choices)
    actor_id = models.UUIDField(_("user id"), null=True, blank=True)
    actor_name = models.CharField(_("who"), max_length=254, blank=True)
    target = models.CharField(_("what"), max_length=200, blank=True)
    details = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder)
    address = models.CharField(_("address"), max_length=45, blank=True)
    request_id = models.CharField(_("request"), max_length=32, blank=True)

    class Meta:
        verbose_name_plural = _("audit entries")
        indexes = (
            models.Index(fields=["-created_at", "-id"], name="audit_newest"),
            models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
