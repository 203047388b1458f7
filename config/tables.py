"""Whether the tables are those that this version works with."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from database.sessions import connect_past_poolers

_PLACE = ("host", "port", "user", "password", "dbname", "connect_timeout", "sslmode")
_fitting = threading.Event()
PREPARING = 20_418  # the advisory lock of whoever prepares
_PAUSE = 0.5


def fit() -> bool:
    """Asked again until they do: then they go on fitting, as a newer version may change them only so that this one can go on."""
    if not _fitting.is_set() and not are_behind():
        _fitting.set()
    return _fitting.is_set()


def require_database() -> None:
    """Raise `OperationalError` with what PostgreSQL, or the way to it, has to say; the pool says only that it has waited."""
    try:
        connection.ensure_connection()
    except OperationalError:
        facts = connection.get_connection_params()
        place = {name: facts[name] for name in _PLACE if name in facts}
        with connection.wrap_database_errors:
            psycopg.connect(**place).close()
        raise


@contextmanager
def alone() -> Iterator[None]:
    """One machine prepares at a time; the others wait. The lock ends with the session, so also with a process that is killed.

    They ask again and again: a session that waits inside PostgreSQL would hold up an index that is made while everything works.
    """
    with connect_past_poolers() as session:
        while not _lock(session):
            time.sleep(_PAUSE)
        yield


def _lock(session: psycopg.Connection) -> bool:
    row = session.execute("SELECT pg_try_advisory_lock(%s)", [PREPARING]).fetchone()
    return bool(row and row[0])


def are_behind() -> bool:
    """Whether there are migrations of this version that were not done."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
