"""Access and refresh tokens. A refresh token works once; one that comes back ends every session of its user."""

from typing import Any, TypedDict

from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken, UntypedToken

from accounts.errors import InvalidCredentialsError, InvalidTokenError
from accounts.models import User


class TokenPair(TypedDict):
    """What a program needs to act for a user."""

    access: str
    refresh: str


def log_in(email: str, password: str) -> TokenPair:
    """Tokens for the person with this address and password. Raises `InvalidCredentialsError`."""
    user = authenticate(username=email, password=password)
    if not isinstance(user, User):
        raise InvalidCredentialsError("There is no active account with this e-mail and password")
    update_last_login(User, user)
    return _issue(user)


def rotate(refresh: str) -> TokenPair:
    """A new pair for a refresh token, which is used up by it. Raises `InvalidTokenError`."""
    claims = _claims(refresh)
    user = User.objects.filter(pk=claims["user_id"], is_active=True).first()
    if user is None:
        raise InvalidTokenError("The account of this refresh token is closed")
    if not _use_up(claims["jti"]):
        revoke_all(user)
        raise InvalidTokenError("This refresh token was used before; log in again")
    return _issue(user)


def log_out(refresh: str) -> None:
    """Close the session of a refresh token; one that is closed already stays so. Raises `InvalidTokenError`."""
    _use_up(_claims(refresh)["jti"])


def revoke_all(user: User) -> None:
    """End every session of a user that a refresh token could prolong."""
    open_tokens = OutstandingToken.objects.filter(user=user, blacklistedtoken=None)
    BlacklistedToken.objects.bulk_create(
        [BlacklistedToken(token=token) for token in open_tokens], ignore_conflicts=True
    )


def _issue(user: User) -> TokenPair:
    refresh = RefreshToken.for_user(user)
    return {"access": str(refresh.access_token), "refresh": str(refresh)}


def _claims(refresh: str) -> dict[str, Any]:
    # `RefreshToken` would refuse a used token as it refuses a forged one; here the two part ways.
    try:
        token = UntypedToken(refresh.encode())  # type: ignore[arg-type]  # takes the text, says otherwise
    except TokenError as error:
        raise InvalidTokenError("The refresh token is not valid or has expired") from error
    if token.get("token_type") != RefreshToken.token_type or "user_id" not in token:
        raise InvalidTokenError("This is not a refresh token")
    return token.payload


def _use_up(jti: str) -> bool:
    """True for the one who uses the token first."""
    token = OutstandingToken.objects.filter(jti=jti).first()
    return token is not None and BlacklistedToken.objects.get_or_create(token=token)[1]
