"""Whose address a request has: what our own proxies say, and nothing that a client writes."""

import pytest
from django.test import Client as Browser

from accounts.audit.models import AuditEntry
from accounts.limits.addresses import shown_address
from accounts.models import BrowserSession
from tests.factories import PASSWORD


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "192.0.2.7"),
        (0, "198.51.100.9", "192.0.2.7"),
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "203.0.113.5, 198.51.100.9", "198.51.100.9"),
        (2, "203.0.113.5, 198.51.100.9, 10.0.0.1", "198.51.100.9"),
        (2, "198.51.100.9", "192.0.2.7"),
        (1, "<script>", ""),
        (1, "x" * 10_000, ""),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_what_our_proxies_say(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    meta = {"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_FOR": forwarded}
    assert shown_address({name: value for name, value in meta.items() if value}) == address


@pytest.mark.django_db
def test_the_audit_log_and_the_list_of_logins_have_it(settings, user):
    settings.TRUSTED_PROXIES = 1
    browser = Browser(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="evil, 198.51.100.9")
    browser.post("/login/", {"login": user.email, "password": PASSWORD})
    assert AuditEntry.objects.get(action="login").address == "198.51.100.9"
    assert BrowserSession.objects.get(user=user).address == "198.51.100.9"
