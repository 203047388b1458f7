"""A user's collection, and a worker's part for it."""

import threading

import pytest

from executions.knowledge import indexer, services


@pytest.fixture(autouse=True)
def _empty_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def collection(user):
    return services.create_collection(user.pk, name="Handbook")


@pytest.fixture
def index():
    """Index everything that is due."""
    return lambda: indexer.work_off(threading.Event())
