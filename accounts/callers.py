"""Who is at the other end of something that lasts, such as a WebSocket, and whether they may still be there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import constant_time_compare
from rest_framework_simplejwt.tokens import AccessToken

from accounts.http import UserApiRequest
from accounts.models import ApiKey, Scope, User
from accounts.sessions import public_id
from accounts.tokens import SESSION


@dataclass(frozen=True)
class Caller:
    """A user with what they are known by: an API key, or a login, which a token stands for until a moment."""

    user: User
    key: ApiKey | None = None
    login_id: UUID | None = None
    until: float | None = None  # seconds since 1970

    @classmethod
    def known_by(cls, user: User, credential: ApiKey | AccessToken) -> "Caller":
        """Somebody who shows a key or a token that is good."""
        if isinstance(credential, ApiKey):
            return cls(user, key=credential)
        return cls(user, login_id=UUID(credential[SESSION]), until=credential["exp"])

    @classmethod
    def in_browser(cls, user: User, session: Any) -> "Caller":
        """Somebody whose browser has a session."""
        return cls(user, login_id=public_id(session.session_key))

    @classmethod
    def of(cls, request: UserApiRequest) -> "Caller":
        """Whoever sends a request."""
        credential: Any = request.auth
        if credential is not None:
            return cls.known_by(request.user, credential)
        return cls.in_browser(request.user, request.session)

    def may(self, scope: Scope) -> bool:
        """Whether their API key has the permission; people have it."""
        return self.key is None or scope in self.key.permissions

    def is_welcome(self, scope: Scope) -> bool:
        """Whether the account is still open, the login has not ended, and the key is still good, and for this."""
        now = timezone.now()
        if self.key is not None:
            allowed = ApiKey.objects.usable(now).filter(permissions__contains=[scope])
            return allowed.filter(pk=self.key.pk).exists()
        is_over = self.until is not None and self.until < now.timestamp()
        return not is_over and self._is_logged_in(now)

    def _is_logged_in(self, now: datetime) -> bool:
        user = User.objects.filter(pk=self.user.pk, is_active=True).first()
        if user is None or not constant_time_compare(
            user.get_session_auth_hash(), self.user.get_session_auth_hash()
        ):
            return False
        programs = user.login_sessions.filter(ended_at=None, expires_at__gt=now)
        return (
            self.login_id is None
            or user.browser_sessions.filter(public_id=self.login_id).exists()
            or programs.filter(pk=self.login_id).exists()
        )
