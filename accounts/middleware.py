"""What a page takes over from whoever looks at it."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.models import User
from accounts.requests import name_user


class PreferencesMiddleware:
    """Shows pages in the language and times in the zone of the user; strangers get that of their browser, and UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # API clients have no session and need no second look at who they are.
        is_page = not request.path.startswith("/api/")
        user = request.user if is_page and isinstance(request.user, User) else None
        if user:
            name_user(user)
        if user and user.language in dict(settings.LANGUAGES):
            translation.activate(user.language)  # until the next request, as Django itself does
            request.LANGUAGE_CODE = user.language
        with timezone.override(_zone_of(user)):
            return self.get_response(request)


def _zone_of(user: User | None) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(user.timezone) if user else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None
