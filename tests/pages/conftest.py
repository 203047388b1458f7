"""Browsers without a screen: Django's client, logged in."""

import pytest
from django.test import Client


@pytest.fixture
def page(user):
    """The user's browser."""
    return logged_in(user)


@pytest.fixture
def stranger_page(stranger):
    return logged_in(stranger)


@pytest.fixture
def htmx(user):
    """The user's browser, asking for fragments as htmx does."""
    return logged_in(user, headers={"HX-Request": "true"})


def logged_in(user, **options):
    client = Client(**options)
    client.force_login(user)
    return client
