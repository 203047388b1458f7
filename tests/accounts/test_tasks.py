"""Housekeeping."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from accounts import tokens
from accounts.models import BrowserSession, LoginSession
from accounts.tasks import flush_expired_tokens
from tests.factories import PASSWORD


def test_only_what_has_expired_is_forgotten(user):
    past, future = timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)
    for _ in range(2):
        tokens.log_in(user.email, PASSWORD)
    old, new = LoginSession.objects.order_by("created_at")
    LoginSession.objects.filter(pk=old.pk).update(expires_at=past)
    for name, moment in (("old", past), ("new", future)):
        BrowserSession.objects.create(session_key=name, public_id=uuid4(), expire_date=moment)
    flush_expired_tokens()
    assert list(LoginSession.objects.all()) == [new]
    assert [session.session_key for session in BrowserSession.objects.all()] == ["new"]
