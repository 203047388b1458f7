"""Empties the tables after a test that has committed.

Django's `flush` truncates every table and makes permissions and content types anew; that would take longer than most
tests. Here both stay, and what has no rows costs nothing.
"""

from functools import cache

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.utils import OperationalError
from psycopg.errors import LockNotAvailable

KEPT = {"django_migrations", Permission._meta.db_table, ContentType._meta.db_table}


def empty_tables():
    """Delete every row. Those who are still writing come first: waiting for each other would be a deadlock."""
    while not _emptied():
        pass


def _emptied():
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_statements())
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return False
    return True


@cache
def _statements():
    tables = set(connection.introspection.django_table_names(only_existing=True)) - KEPT
    names = sorted(map(connection.ops.quote_name, tables))
    return "; ".join(
        [
            # Rows go in any order.
            "SET LOCAL session_replication_role = replica",
            "SET LOCAL lock_timeout = '100ms'",
            f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE",
            *(f"DELETE FROM {name}" for name in names),
        ]
    )
