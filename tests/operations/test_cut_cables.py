"""What is set so that a cut cable is noticed; `./dev chaos --machines namespaces` cuts real ones."""

import pytest
from django.conf import settings
from django.db import connection

from executions.workers.keeper import Keeper


@pytest.fixture
def keeper():
    """One that has not begun to beat, and is no worker yet."""
    keeper = Keeper.__new__(Keeper)
    keeper._lock = None
    return keeper


def test_a_worker_that_was_cut_off_does_not_wait_for_its_former_session(db, keeper):
    keeper._hold_lock()
    former, key = keeper._lock, keeper._lock_key
    keeper._lock = None  # for PostgreSQL the session goes on
    keeper._hold_lock()

    with former, keeper._lock:
        assert keeper._lock_key != key


def test_postgresql_ends_sessions_that_say_nothing_in_a_transaction(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("1min",)


def test_whoever_waits_for_redis_hears_that_it_is_gone():
    [host] = settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"]
    for options in (host, settings.CELERY_BROKER_TRANSPORT_OPTIONS):
        assert options["socket_keepalive"]
        assert options["socket_keepalive_options"]
