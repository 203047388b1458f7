"""Access and refresh tokens of people who log in with a program.

Each login is a session. Its refresh token is `<session>.<secret>` and works once: it is exchanged for the next one, and
only the hash of the last is kept. One that was used before shows that two have it: its session ends. An access token
names its session and is good for as long as that is.
"""

import hashlib
import logging
import secrets
from datetime import timedelta
from typing import TypedDict
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from rest_framework_simplejwt.tokens import AccessToken

from accounts import second_factor
from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.errors import (
    EmailNotVerifiedError,
    InvalidCredentialsError,
    InvalidTokenError,
    SecondFactorRequiredError,
)
from accounts.models import LoginSession, User
from accounts.requests import current_request

logger = logging.getLogger(__name__)

REFRESH_LIFETIME = timedelta(days=14)
LONGEST_LOGIN = timedelta(days=90)  # then the password is asked for, however often it was renewed
SESSION = "sid"  # the claim of an access token


class TokenPair(TypedDict):
    """What a program needs to act for a user."""

    access: str
    refresh: str


def log_in(email: str, password: str, code: str = "") -> TokenPair:
    """Tokens for the person with this address and password, and with this code where they have a second factor.

    Raises `InvalidCredentialsError`, `EmailNotVerifiedError`, `SecondFactorRequiredError` and `SecondFactorError`.
    """
    user = authenticate(email=email, password=password)
    if not isinstance(user, User):
        raise InvalidCredentialsError(_("There is no active account with this e-mail and password"))
    if settings.HAS_MAIL and not user.has_verified_email:
        raise EmailNotVerifiedError(
            _("Open the link in the mail that we have sent to this address")
        )
    if second_factor.is_on(user):
        if not code:
            raise SecondFactorRequiredError(_("Send the code of your authenticator app as well"))
        second_factor.use(user, code)
    update_last_login(User, user)
    record(Action.LOGIN, actor=user, target="tokens")
    return open_session(user)


def open_session(user: User) -> TokenPair:
    """The first tokens of a new session."""
    secret, request = _new_secret(), current_request.get()
    session = LoginSession.objects.create(
        user=user,
        address=request.address,
        agent=request.agent,
        hash=_hash(secret),
        login_hash=user.get_session_auth_hash(),
        expires_at=timezone.now() + REFRESH_LIFETIME,
    )
    return _pair(session, secret)


def rotate(refresh: str) -> TokenPair:
    """A new pair for a refresh token, which is used up by it. Raises `InvalidTokenError`."""
    session, secret = _find(refresh)
    if not _is_open(session):
        raise InvalidTokenError(_("This session has ended; log in again"))
    now, new = timezone.now(), _new_secret()
    end = min(now + REFRESH_LIFETIME, session.created_at + LONGEST_LOGIN)
    renewed = LoginSession.objects.filter(pk=session.pk, hash=_hash(secret), ended_at=None).update(
        hash=_hash(new), renewed_at=now, expires_at=end
    )
    if not renewed:
        _end(session, LoginSession.End.REUSE)
        record(Action.TOKEN_REUSED, actor=session.user, target=session.pk)
        logger.warning(
            "A used refresh token of user %s came back; session %s has ended",
            session.user_id,
            session.pk,
        )
        raise InvalidTokenError(_("This refresh token was used before; log in again"))
    return _pair(session, new)


def log_out(refresh: str) -> None:
    """Close the session of a refresh token; one that is closed already stays so. Raises `InvalidTokenError`."""
    session, _secret = _find(refresh)
    _end(session, LoginSession.End.LOGOUT)


def holder_of(token: AccessToken) -> User | None:
    """Whose token it is; None when its session has ended, or its user's account or password is not what it was.

    Raises `ValidationError` for claims that are not ours.
    """
    sessions = LoginSession.objects.select_related("user")
    session = sessions.filter(pk=token.get(SESSION), user=token.get("user_id")).first()
    return session.user if session and _is_open(session) else None


def _pair(session: LoginSession, secret: str) -> TokenPair:
    access = AccessToken.for_user(session.user)
    access[SESSION] = str(session.pk)
    return {"access": str(access), "refresh": f"{session.pk}.{secret}"}


def _find(refresh: str) -> tuple[LoginSession, str]:
    name, _dot, secret = refresh.partition(".")
    try:
        session = LoginSession.objects.select_related("user").filter(pk=UUID(name)).first()
    except ValueError:
        session = None
    if session is None:
        raise InvalidTokenError(_("This is not a refresh token"))
    return session, secret


def _is_open(session: LoginSession) -> bool:
    return (
        session.ended_at is None
        and session.expires_at > timezone.now()
        and session.user.is_active
        and constant_time_compare(session.login_hash, session.user.get_session_auth_hash())
    )


def _end(session: LoginSession, reason: LoginSession.End) -> None:
    LoginSession.objects.filter(pk=session.pk, ended_at=None).update(
        ended_at=timezone.now(), end_reason=reason
    )


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def _hash(secret: str) -> str:
    # 256 random bits need no slow hash; there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()
