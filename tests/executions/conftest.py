"""A user, and a clean slate for the test blocks."""

import pytest

from accounts.models import User
from chaos import invariants
from tests.executions import scene


@pytest.fixture
def user(db):
    return User.objects.create_user("owner@example.com", "a-long-password")


@pytest.fixture
def invariants_hold(user):
    """What must be true of every run is true of those that the test leaves behind."""
    yield
    assert invariants.check() == []


@pytest.fixture(autouse=True)
def _clean_scene():
    scene.behaviours.clear()
    scene.calls.clear()
