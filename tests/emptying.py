"""Empties the tables after a test that has committed.

Django's `flush` truncates every table and makes permissions and content types anew; that would take longer than most
tests. Here both stay, and what has no rows costs nothing.
"""

from functools import cache

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

KEPT = {"django_migrations", Permission._meta.db_table, ContentType._meta.db_table}


def empty_tables():
    """Delete every row; those who are still writing are waited for."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_statements())


@cache
def _statements():
    tables = set(connection.introspection.django_table_names(only_existing=True)) - KEPT
    names = sorted(map(connection.ops.quote_name, tables))
    return "; ".join(
        [
            # Rows go in any order.
            "SET LOCAL session_replication_role = replica",
            f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE",
            *(f"DELETE FROM {name}" for name in names),
        ]
    )
