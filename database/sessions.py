"""Sessions of their own: for locks that last longer than a transaction."""

import psycopg
from django.conf import settings
from django.db import connections
from psycopg.conninfo import conninfo_to_dict


def connect_past_poolers() -> psycopg.Connection:
    """A session that is nobody else's: a pooler would give the next transaction another one, without its locks."""
    left_out = {"pool", "cursor_factory", "context", "prepare_threshold"}
    if settings.DATABASE_DIRECT_URL:
        left_out |= {"host", "port", "user", "password", "dbname"}
    parameters = connections["default"].get_connection_params()
    facts = {name: value for name, value in parameters.items() if name not in left_out}
    direct = conninfo_to_dict(settings.DATABASE_DIRECT_URL)
    return psycopg.connect(
        **{"options": settings.DATABASE_SESSION, **facts, **direct}, autocommit=True
    )
