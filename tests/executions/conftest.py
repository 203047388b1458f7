"""A user, and a clean slate for the test blocks."""

import pytest

from accounts.models import User
from tests.executions import scene


@pytest.fixture
def user(db):
    return User.objects.create_user("owner@example.com", "a-long-password")


@pytest.fixture(autouse=True)
def _clean_scene():
    scene.behaviours.clear()
    scene.calls.clear()
