"""Who is calling: by API key, by access token, or by the browser's session."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import SessionAuthentication as SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken

from accounts import keys, tokens
from accounts.limits import gate
from accounts.limits.addresses import address_of
from accounts.limits.rates import RouteClass
from accounts.models import ApiKey, User
from accounts.requests import name_user

CHALLENGE = 'Bearer realm="api"'  # the WWW-Authenticate header of every 401


class ApiKeyAuthentication(BaseAuthentication):
    """An API key, in `X-API-Key` or as a bearer token. Never in the address, which ends up in logs."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """The key's user, with the key; None when no key is given."""
        text = _api_key(request.headers)
        if text is None:
            return None
        with _counting_refusals(request):
            key = _usable_key(text)
        name_user(key.user)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says about how to do better."""
        return CHALLENGE


class AccessTokenAuthentication(BaseAuthentication):
    """The short-lived token of `/api/auth/token`."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        """The token's user, with the token; None when no token is given."""
        text = _bearer(request.headers)
        if text is None:
            return None
        with _counting_refusals(request):
            user, token = _user_and_token(text)
        name_user(user)
        return user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says about how to do better."""
        return CHALLENGE


@contextmanager
def _counting_refusals(request: Request) -> Iterator[None]:
    """Whoever tries one key or token after the other is told `RateLimitedError` in the end."""
    try:
        yield
    except AuthenticationFailed:
        gate.admit(RouteClass.REFUSED, address_of(request.META))
        raise


def credential_of_headers(headers: Mapping[str, str]) -> tuple[User, ApiKey | AccessToken] | None:
    """The user and the API key or access token; None when neither is given. Raises `AuthenticationFailed`.

    The names of the headers are in lower case.
    """
    key = _api_key(headers)
    if key is not None:
        usable = _usable_key(key)
        return usable.user, usable
    token = _bearer(headers)
    return None if token is None else _user_and_token(token)


def _api_key(headers: Mapping[str, str]) -> str | None:
    text = headers.get("x-api-key")
    if text is not None:
        return text
    bearer = _bearer(headers)
    return bearer if bearer and bearer.startswith(keys.KEY_PREFIX) else None


def _bearer(headers: Mapping[str, str]) -> str | None:
    scheme, _, text = headers.get("authorization", "").strip().partition(" ")
    return text.strip() if scheme.lower() == "bearer" else None


def _usable_key(text: str) -> ApiKey:
    key = keys.verify(text)
    if key is None:
        raise AuthenticationFailed(_("This API key does not exist, is suspended, or has expired"))
    return key


def _user_and_token(text: str) -> tuple[User, AccessToken]:
    try:
        token = AccessToken(text.encode())  # type: ignore[arg-type]  # takes the text, says otherwise
        user = tokens.holder_of(token)
    except (TokenError, ValidationError) as error:
        raise AuthenticationFailed(_("The access token is not valid or has expired")) from error
    if user is None:
        raise AuthenticationFailed(_("The login of this access token has ended"))
    return user, token
