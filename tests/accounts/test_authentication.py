"""Who a WebSocket's headers belong to, and how often a key's use is noted."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed

from accounts import keys, tokens
from accounts.authentication import credential_of_headers
from accounts.models import ApiKey


@pytest.fixture
def key(user):
    return keys.issue(user, name="x", permissions=["identity"])


def test_a_key_or_token_in_the_headers_names_its_user(user, key):
    _row, text = key
    token = tokens.open_session(user)["access"]
    assert credential_of_headers({"x-api-key": text})[0] == user
    assert credential_of_headers({"authorization": f"Bearer {text}"})[0] == user
    assert credential_of_headers({"authorization": f"bearer {token}"})[0] == user


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic eDp5"}, {"cookie": "a=b"}])
def test_other_headers_name_nobody(db, headers):
    assert credential_of_headers(headers) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"x-api-key": ""},
        {"x-api-key": "aloom_x"},
        {"authorization": "Bearer"},
        {"authorization": "Bearer x y"},
    ],
)
def test_a_key_or_token_that_is_none_is_refused(db, headers):
    with pytest.raises(AuthenticationFailed):
        credential_of_headers(headers)


def test_the_use_of_a_key_is_noted_once_a_minute(key, django_assert_num_queries):
    row, text = key
    keys.verify(text)
    with django_assert_num_queries(1):
        first = keys.verify(text).last_used_at
    ApiKey.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    keys.verify(text)
    row.refresh_from_db()
    assert row.last_used_at > first
