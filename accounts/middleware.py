"""What a page takes over from whoever looks at it."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User


class TimezoneMiddleware:
    """Shows times in the zone of the user; those of strangers in UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(_zone_of(request)):
            return self.get_response(request)


def _zone_of(request: HttpRequest) -> zoneinfo.ZoneInfo | None:
    # API clients have no session and need no second look at who they are.
    if request.path.startswith("/api/") or not isinstance(request.user, User):
        return None
    try:
        return zoneinfo.ZoneInfo(request.user.timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None
