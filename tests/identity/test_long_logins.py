"""A login of a program ends some day, however often it is renewed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import tokens
from accounts.errors import InvalidTokenError
from accounts.models import LoginSession

pytestmark = pytest.mark.django_db


def test_a_login_is_renewed_for_ninety_days_and_no_longer(user, monkeypatch):
    began, refresh = timezone.now(), tokens.open_session(user)["refresh"]
    for day in range(10, 90, 10):
        later = began + timedelta(days=day)
        monkeypatch.setattr(tokens.timezone, "now", lambda later=later: later)
        refresh = tokens.rotate(refresh)["refresh"]
    session = LoginSession.objects.get()
    assert session.expires_at == session.created_at + timedelta(days=90)
    monkeypatch.setattr(tokens.timezone, "now", lambda: began + timedelta(days=90, seconds=1))
    with pytest.raises(InvalidTokenError):
        tokens.rotate(refresh)
