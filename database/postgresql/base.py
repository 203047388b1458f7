"""The connection that Django makes: it waits for a busy pool, and gives up at once when the database is away."""

import select
import time
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import PoolTimeout

from database import prepared

BUSY_SECONDS = 20.0  # at most, for a connection that others are using
_PROBE_SECONDS = 1


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the pool again and again, for as long as PostgreSQL answers beside it.

    Whether a connection still lives is seen at this end of it: asking PostgreSQL each time would cost a way there and
    back, which for a node that asks a model or a server is a good part of its own cost.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Raises `psycopg.OperationalError`: after the pool's timeout where nobody answers."""
        end = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                connection = super().get_new_connection(conn_params)
            except PoolTimeout:
                if time.monotonic() > end or not _answers(conn_params):
                    raise
            else:
                if not _was_ended(connection):
                    return connection
                connection.close()
                self.pool.putconn(connection)

    def _configure_connection(self, connection: psycopg.Connection[Any]) -> bool:
        """Done where a connection is opened: by threads of the pool, beside the work."""
        must_commit: bool = super()._configure_connection(connection)  # type: ignore[misc]  # Django's, unknown to its stubs
        prepared.prepare_used(connection)
        return must_commit


def _was_ended(connection: psycopg.Connection[Any]) -> bool:
    """Whether PostgreSQL has ended a connection that nobody was using: it says so, and to read that is to be done."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _answers(conn_params: dict[str, Any]) -> bool:
    try:
        psycopg.connect(**{**conn_params, "connect_timeout": _PROBE_SECONDS}).close()
    except psycopg.OperationalError:
        return False
    return True
