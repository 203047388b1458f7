"""Limits of the API: what a request is follows from the permission that its route declares."""

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.limits import gate
from accounts.limits.addresses import address_of
from accounts.limits.rates import RouteClass
from accounts.models import Scope, User

if TYPE_CHECKING:  # the views import the limits
    from rest_framework.views import APIView

# Where in a request's META the middleware finds what to put into the headers.
STANDING = "RATE_STANDING"
_EXECUTING = frozenset({Scope.RUN_GRAPHS, Scope.RUN_BLOCKS})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class RateThrottle(BaseThrottle):
    """Counts each request that has passed the permissions: by user and key, by address where nobody is known."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """True. Raises `RateLimitedError`."""
        route_class = _class_of(request, view)
        if isinstance(request.user, User):
            standing = gate.admit_user(route_class, request.user, request.auth)
        else:
            standing = gate.admit(route_class, address_of(request.META))
        request.META[STANDING] = standing
        return True


def class_of_method(method: str | None) -> RouteClass:
    """What a request is that says no more than its method."""
    return RouteClass.READ if method in _SAFE else RouteClass.WRITE


def _class_of(request: Request, view: "APIView") -> RouteClass:
    declared: RouteClass | None = getattr(view, "route_class", None)
    if declared:
        return declared
    scope = getattr(view, "scopes", {}).get(getattr(view, "action", None))
    return RouteClass.EXECUTE if scope in _EXECUTING else class_of_method(request.method)
