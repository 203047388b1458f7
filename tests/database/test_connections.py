"""Connections to the database: given up at once when it is away, waited for while it is busy."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from database.postgresql import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def wrapper():
    """Makes a connection of its own, from a pool of its own, with one place in it."""
    made = []

    def wrapper(alias="one", **changes):
        facts = {**connection.settings_dict, **changes}
        facts["OPTIONS"] = {
            **settings.DATABASES["default"]["OPTIONS"],
            "pool": {"min_size": 1, "max_size": 1, "timeout": 0.05, "reconnect_timeout": 0.05},
        }
        made.append(base.DatabaseWrapper(facts, alias))
        return made[-1]

    yield wrapper
    for each in made:
        each.close()
        each.close_pool()


def test_a_database_that_is_away_is_given_up_as_soon_as_the_pool_gives_up(
    wrapper, monkeypatch, tmp_path
):
    monkeypatch.setattr(base, "BUSY_SECONDS", 3600)

    with pytest.raises(OperationalError):
        wrapper("away", HOST=str(tmp_path)).ensure_connection()


def test_a_busy_database_is_waited_for(wrapper, monkeypatch):
    has_timed_out = threading.Event()
    answers = base._answers
    monkeypatch.setattr(base, "_answers", lambda params: has_timed_out.set() or answers(params))
    first, second = wrapper(), wrapper()
    first.ensure_connection()
    with ThreadPoolExecutor(1) as pool:
        second.inc_thread_sharing()
        waiting = pool.submit(second.ensure_connection)
        assert has_timed_out.wait(10)
        first.close()
        waiting.result(10)

    assert second.is_usable()


def test_a_connection_that_postgresql_has_ended_meanwhile_is_replaced(wrapper):
    one = wrapper()
    ended = _process_of(one)
    one.close()  # back to the pool
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])

    assert _process_of(one) != ended


def _process_of(wrapper):
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]
