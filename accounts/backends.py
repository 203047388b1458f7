"""Looks at passwords, for the login page and the API alike."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.limits import gate
from accounts.limits.addresses import account_of, address_of
from accounts.limits.rates import RouteClass
from accounts.models import User


class PasswordBackend(AuthenticationBackend):
    """Lets nobody try many passwords for one account, also from many addresses; not even the right one then."""

    def authenticate(  # type: ignore[override]  # as its parent does
        self, request: HttpRequest | None, **credentials: Any
    ) -> User | None:
        """The person with this `email` and `password`, or None. Raises `RateLimitedError`."""
        if request is not None:  # the API has counted the address itself
            gate.admit(RouteClass.AUTH, address_of(request.META))
        # Also for accounts that do not exist: a limit must not tell which do.
        gate.admit(RouteClass.LOGIN, account_of(credentials.get("email") or ""))
        user = super().authenticate(request, **credentials)
        return user if isinstance(user, User) else None
