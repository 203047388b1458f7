"""Users, their API keys, and the ledger of their credits."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do beside using their own things."""

    USER = "user", _("User")
    OPERATOR = "operator", _("Operator")
    ADMIN = "admin", _("Admin")


class UserManager(BaseUserManager["User"]):
    """Makes users; e-mail addresses are compared without regard to case."""

    def create_user(
        self, email: str, password: str | None = None, *, is_verified: bool = True, **fields: Any
    ) -> "User":
        """Make a user with the credits that a newcomer gets. Without a password nobody can log in as them.

        Whoever makes users vouches for their addresses, unless `is_verified` says that nobody does.
        """
        user = self.model(email=email.strip().lower(), credits=settings.INITIAL_CREDITS, **fields)
        user.set_password(password)
        with transaction.atomic():
            user.save(using=self._db)
            if user.credits:
                user.credit_entries.create(amount=user.credits, reason=CreditEntry.Reason.INITIAL)
            user.emailaddress_set.create(email=user.email, primary=True, verified=is_verified)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an admin."""
        return self.create_user(email, password, role=Role.ADMIN, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Log in with the address in any case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by an e-mail address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True, max_length=254)
    name = models.CharField(_("name"), max_length=100, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.USER)
    is_active = models.BooleanField(_("active"), default=True)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(
        _("language"), max_length=10, blank=True, help_text=_("Empty: that of the browser.")
    )
    credits = models.BigIntegerField(_("credits"), default=0)
    # Raised to end every login at once: it is part of what sessions and tokens are compared with.
    login_generation = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_is_known"),
            models.CheckConstraint(condition=Q(credits__gte=0), name="user_credits_not_negative"),
        )

    def __str__(self) -> str:
        return self.email

    @property
    def has_low_balance(self) -> bool:
        """Whether they should be told that their credits run out."""
        return bool(self.credits < settings.LOW_BALANCE)

    @property
    def is_staff(self) -> bool:
        """Whether the Django admin is open to them."""
        return self.role in {Role.OPERATOR, Role.ADMIN}

    @property
    def has_verified_email(self) -> bool:
        """Whether somebody has opened the link in a mail to their address, or an operator vouches for it."""
        return self.emailaddress_set.filter(email=self.email, verified=True).exists()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What logins are compared with; Django asks for it with each of its secrets."""
        value = f"{self.login_generation}:{self.password}"
        return salted_hmac("accounts.User", value, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        """What pages call them."""
        return self.name or self.email


class BrowserSession(AbstractBaseSession):
    """A session of a browser, and whose login it is, if it is one. Who deletes the row ends it."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="browser_sessions"
    )
    public_id = models.UUIDField(db_index=True)  # the key opens the door, so it is shown to nobody
    created_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return str(self.public_id)


class LoginSession(models.Model):
    """A login with a program, which holds one refresh token after the other; the hash of the last is kept."""

    class End(models.TextChoices):
        """Why nobody can go on with it."""

        LOGOUT = "logout", _("Logged out")
        ENDED = "ended", _("Ended from elsewhere")
        REUSE = "reuse", _("A used refresh token came back")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="login_sessions")
    hash = models.CharField(max_length=64, editable=False)
    login_hash = models.CharField(max_length=64, editable=False)
    address = models.CharField(_("address"), max_length=45, blank=True, editable=False)
    agent = models.CharField(_("program"), max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)
    renewed_at = models.DateTimeField(_("renewed at"), null=True, editable=False)
    expires_at = models.DateTimeField(_("expires at"), db_index=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    end_reason = models.CharField(_("reason"), max_length=10, choices=End.choices, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M}"


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


class CreditEntry(models.Model):
    """One line of the ledger; `User.credits` is always their sum."""

    class Reason(models.TextChoices):
        """Why credits moved."""

        INITIAL = "initial", _("Initial credits")
        USAGE = "usage", _("Usage")
        REFUND = "refund", _("Refund")
        GRANT = "grant", _("Grant")
        RESERVE = "reserve", _("Held back")
        RELEASE = "release", _("No longer held back")

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="credit_entries")
    amount = models.BigIntegerField(_("amount"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)

    class Meta:
        verbose_name_plural = _("credit entries")
        constraints = (
            models.CheckConstraint(condition=~Q(amount=0), name="credit_entry_not_zero"),
            # A node execution is charged once, whatever happens to its worker.
            models.UniqueConstraint(
                fields=["reference", "reason"],
                condition=Q(reason__in=["usage", "refund", "reserve", "release"]),
                name="one_charge_per_reference",
            ),
        )
        indexes = (models.Index(fields=["user", "-id"], name="credit_entry_by_user"),)

    def __str__(self) -> str:
        return f"{self.amount:+d} {self.reason}"


class BlockPrice(models.Model):
    """What one run of a block costs here, instead of what its class says."""

    block_id = models.CharField(_("block"), max_length=100, unique=True)
    price = models.PositiveIntegerField(
        _("price"), help_text=_("Credits for one run of the block.")
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    def __str__(self) -> str:
        return self.block_id


class ModelPrice(models.Model):
    """What the tokens of some language models cost; a model that no row matches costs nothing."""

    pattern = models.CharField(
        _("models"),
        max_length=100,
        unique=True,
        help_text=_("A name, or a pattern such as gpt-4o*. The longest that matches counts."),
    )
    input_price = models.PositiveIntegerField(
        _("input price"), help_text=_("Credits for a million tokens that go in.")
    )
    output_price = models.PositiveIntegerField(
        _("output price"), help_text=_("Credits for a million tokens that come out.")
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    def __str__(self) -> str:
        return self.pattern


class TokenUsage(models.Model):
    """Tokens that a language model used for somebody, and what that costs."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="token_usages")
    provider = models.CharField(_("provider"), max_length=50)
    model = models.CharField(_("model"), max_length=200)
    input_tokens = models.PositiveBigIntegerField(_("input tokens"))
    output_tokens = models.PositiveBigIntegerField(_("output tokens"))
    price = models.PositiveBigIntegerField(_("price in millionths of a credit"))
    reference = models.CharField(_("reference"), max_length=100)
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)

    class Meta:
        indexes = (
            models.Index(fields=["user", "-id"], name="token_usage_by_user"),
            models.Index(fields=["model", "created_at"], name="token_usage_by_model"),
        )

    def __str__(self) -> str:
        return f"{self.model}: {self.input_tokens} + {self.output_tokens}"
