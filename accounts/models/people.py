"""Users, and the logins that they have with browsers and programs."""

import uuid
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

from accounts.models.ledger import CreditEntry


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
    # What operators allow them less of than others; None: what the settings say.
    run_limit = models.PositiveIntegerField(
        _("runs at once"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    rate_limit = models.PositiveIntegerField(
        _("requests a minute"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    # Events that they want to hear of in any way, kept by `executions.notifications.wants`; None: the usual ones.
    told_of = ArrayField(
        models.CharField(max_length=30), null=True, blank=True, default=None, editable=False
    )
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
