"""The connection that Django makes: it waits for a busy pool, and gives up at once when the database is away."""

import time
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import PoolTimeout

BUSY_SECONDS = 20.0  # at most, for a connection that others are using
_PROBE_SECONDS = 1


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the pool again and again, for as long as PostgreSQL answers beside it."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Raises `psycopg.OperationalError`: after the pool's timeout where nobody answers."""
        end = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return super().get_new_connection(conn_params)
            except PoolTimeout:
                if time.monotonic() > end or not _answers(conn_params):
                    raise


def _answers(conn_params: dict[str, Any]) -> bool:
    try:
        psycopg.connect(**{**conn_params, "connect_timeout": _PROBE_SECONDS}).close()
    except psycopg.OperationalError:
        return False
    return True
