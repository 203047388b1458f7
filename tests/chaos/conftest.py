"""A user, and the history of changes."""

import pytest

from accounts.models import User
from chaos import history


@pytest.fixture
def user(transactional_db):
    return User.objects.create_user("owner@example.com", "a-long-password")


@pytest.fixture
def kept_history(transactional_db):
    """Every change of a run is remembered."""
    history.install()
    yield
    history.remove()
