"""Times are shown in the zone of whoever looks."""

from datetime import UTC, datetime

import pytest
from django.test import RequestFactory
from django.utils import timezone

from accounts.middleware import PreferencesMiddleware
from accounts.models import User

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "zone", "hour"),
    [
        ("/graphs/", "Asia/Shanghai", 20),
        ("/graphs/", "UTC", 12),
        ("/graphs/", "Mars/Olympus", 12),
        ("/graphs/", "../etc/passwd", 12),
        ("/api/graphs", "Asia/Shanghai", 12),
    ],
)
def test_a_page_shows_the_hour_of_the_user(path, zone, hour):
    request = RequestFactory().get(path)
    request.user = User(timezone=zone)
    shown = PreferencesMiddleware(lambda _request: timezone.localtime(NOON).hour)(request)
    assert shown == hour
