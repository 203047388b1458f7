"""Operators, and runs for them to look at."""

import pytest
from django.test import Client

from accounts.models import Role
from tests.executions import scene
from tests.factories import UserFactory


@pytest.fixture
def operator(db):
    return UserFactory(email="operator@example.com", role=Role.OPERATOR)


@pytest.fixture
def browser(operator):
    """The operator's, logged in."""
    client = Client()
    client.force_login(operator)
    return client


@pytest.fixture(autouse=True)
def _scripted():
    """The test blocks do what a test says, and nothing of the last one."""
    yield
    scene.behaviours.clear()
    scene.calls.clear()
