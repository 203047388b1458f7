"""Looks at passwords, for the login page, the admin and the API alike."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.limits import gate
from accounts.limits.addresses import account_of, address_of
from accounts.limits.rates import RouteClass
from accounts.models import User


class PasswordBackend(ModelBackend):
    """Lets nobody try many passwords for one account, also from many addresses; not even the right one then."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The person with this address and password, or None. Raises `RateLimitedError`."""
        if request is not None:  # the API has counted the address itself
            gate.admit(RouteClass.AUTH, address_of(request.META))
        # Also for accounts that do not exist: a limit must not tell which do.
        gate.admit(RouteClass.LOGIN, account_of(username or ""))
        user = super().authenticate(request, username, password, **kwargs)
        return user if isinstance(user, User) else None
