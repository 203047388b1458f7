"""Addresses of users to which the product posts of itself."""

import pytest

from tests.factories import EndpointFactory

pytestmark = pytest.mark.django_db

ENDPOINTS = "/api/notifications/endpoints"
BODY = {"name": "Ops", "events": ["run.failed"]}
INSIDE = [
    "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.1/hook",
    "http://[::ffff:10.0.0.1]/hook",
    "http://0x0a000001/hook",
]


@pytest.mark.parametrize("url", INSIDE)
def test_s_12_addresses_inside_are_refused_when_they_are_given_and_when_they_are_changed(
    api, user, url
):
    """While posting, too: `notifications/test_sending.py`."""
    endpoint = EndpointFactory(user=user)
    assert api.post(ENDPOINTS, {**BODY, "url": url}).status_code == 400
    assert api.put(f"{ENDPOINTS}/{endpoint.pk}", {**BODY, "url": url}).status_code == 400
    endpoint.refresh_from_db()
    assert endpoint.url != url
