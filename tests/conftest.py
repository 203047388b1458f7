"""People, and their clients of the API."""

from uuid import UUID

import pytest
import redis
from django.conf import settings as running
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation

from accounts import keys
from accounts.limits import windows
from accounts.limits.rates import Rate, RouteClass
from accounts.models import Scope
from chaos.sink import Sink
from executions.workers import work
from tests.api_client import Client, client_of
from tests.emptying import empty_tables
from tests.factories import UserFactory, VersionFactory
from tests.processes import crew, workers  # noqa: F401 - fixtures


@pytest.fixture(scope="session")
def django_db_modify_db_settings():
    """Who asks the database while tests are collected leaves a pool that leads past the tests' database."""
    assert not connection._connection_pools, "the database was asked before it was made"


@pytest.fixture(scope="session", autouse=True)
def _emptied_soon():
    """What follows a test that commits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: empty_tables())
        yield


@pytest.fixture(autouse=True)
def _english_again():
    """A request in another language leaves that language to its thread."""
    yield
    translation.deactivate()


@pytest.fixture
def is_long(request):
    """Whether there is time to look at everything."""
    return request.config.getoption("--long")


@pytest.fixture
def user(db):
    return UserFactory(email="owner@example.com")


@pytest.fixture
def stranger(db):
    return UserFactory(email="stranger@example.com")


@pytest.fixture
def api(user):
    """The user's client, with an API key that may do everything."""
    _key, text = keys.issue(user, name="Tests", permissions=Scope.values)
    return client_of(text)


@pytest.fixture
def stranger_api(stranger):
    _key, text = keys.issue(stranger, name="Tests", permissions=Scope.values)
    return client_of(text)


@pytest.fixture
def anonymous_api(db):
    return Client()


@pytest.fixture
def key_api(user):
    """A client with an API key that has these permissions only."""

    def key_api(*permissions):
        _key, text = keys.issue(user, name="Tests", permissions=permissions)
        return client_of(text)

    return key_api


@pytest.fixture
def rates(settings):
    """Set what is admitted; what was counted before is forgotten."""
    counts = redis.Redis.from_url(running.REDIS_URL)

    def rates(**changed):
        for key in counts.scan_iter(f"{windows._PREFIX}*"):
            counts.delete(key)
        new = {RouteClass(name): Rate.parse(text) for name, text in changed.items()}
        settings.RATE_LIMITS = running.RATE_LIMITS | new

    yield rates
    counts.close()


@pytest.fixture
def version(user):
    """A graph of the user that repeats its input `text` as `answer`."""
    return VersionFactory(owner=user)


@pytest.fixture
def run_to_end():
    """Do a worker's part for a run that was started over the API; returns its id."""

    def run_to_end(answer):
        work.advance(UUID(answer.json()["id"]))
        return answer.json()["id"]

    return run_to_end


def pytest_addoption(parser):
    parser.addoption(
        "--long", action="store_true", help="look at far more states, schedules and sequences"
    )
    parser.addoption("--pictures", action="store_true", help="keep pictures of what browsers show")
    parser.addoption("--seed", type=int, default=0, help="the first of the random schedules")


@pytest.fixture
def sink(tmp_path):
    """The world that blocks act on."""
    sink = Sink(tmp_path)
    yield sink
    sink.stop()
