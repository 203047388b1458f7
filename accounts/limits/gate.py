"""Admits requests, or says when to come back. The one place that counts them."""

from django.conf import settings

from accounts.errors import RateLimitedError
from accounts.limits import local, windows
from accounts.limits.rates import GUARDING, Rate, RouteClass, Standing, Window, headers
from accounts.models import ApiKey, User

_A_MINUTE = 60  # seconds; what the limits of a user and of an API key are for


def admit_user(route_class: RouteClass, user: User, credential: object = None) -> Standing | None:
    """Count a request of a user, whatever they are known by, by their own limit, too, and by that of their API key.

    None while Redis is away. Raises `RateLimitedError`.
    """
    counted = [_window(route_class, f"user:{user.pk}")]
    if user.rate_limit:
        counted.append(Window(f"own:{user.pk}", Rate(user.rate_limit, _A_MINUTE)))
    if isinstance(credential, ApiKey) and credential.rate_limit:
        rate = Rate(credential.rate_limit, _A_MINUTE)
        counted.append(Window(f"key:{credential.pk}", rate))
    return _admit(route_class, counted)


def admit(route_class: RouteClass, subject: str) -> Standing | None:
    """Count a request of somebody who is known by an address, or by the account that they want to get into.

    None while Redis is away, for what is not counted here then. Raises `RateLimitedError`.
    """
    return _admit(route_class, [_window(route_class, subject)])


def _window(route_class: RouteClass, subject: str) -> Window:
    return Window(f"{route_class}:{subject}", settings.RATE_LIMITS[route_class])


def _admit(route_class: RouteClass, counted: list[Window]) -> Standing | None:
    standing = windows.take(counted)
    if standing is None and route_class in GUARDING:
        standing = local.take(counted)
    if standing is not None and not standing.is_admitted:
        raise RateLimitedError(standing.limit, standing.reset)
    return standing


def refusal_headers(error: RateLimitedError) -> dict[str, str]:
    """What the head of a refusal says."""
    return {**headers(error.limit, 0, error.wait), "Retry-After": str(error.wait)}
