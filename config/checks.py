"""What an operator is warned of: `manage.py check --deploy`, and with a database `migrate`."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import ERROR, CheckMessage, Tags, Warning
from django.db import connections

from executions import serving

_LOOPBACK = {"", "localhost", "127.0.0.1", "::1"}  # none: a socket in the file system


def register() -> None:
    """Have Django know them."""
    checks.register(redis_has_a_password, Tags.security, deploy=True)
    checks.register(classes_have_blocks)
    checks.register(database_role_is_no_superuser, Tags.database)


def classes_have_blocks(**_: Any) -> list[CheckMessage]:
    """A name with a typing mistake would leave its blocks to workers that are not meant for them."""
    unknown = serving.unknown_members()
    if not unknown:
        return []
    return [
        CheckMessage(
            ERROR,
            f"BLOCK_CLASSES names {', '.join(unknown)}: neither a block nor a category.",
            hint="The page of blocks has the ids and categories.",
            id="agentloom.E001",
        )
    ]


def redis_has_a_password(**_: Any) -> list[Warning]:
    """Who reaches a Redis without one reads the events of everybody's runs."""
    parts = urlsplit(settings.REDIS_URL)
    if parts.password or (parts.hostname or "") in _LOOPBACK:
        return []
    return [
        Warning(
            "REDIS_URL has no password, and Redis is on another machine.",
            hint="Set `requirepass` there, and use redis://:password@host.",
            id="agentloom.W001",
        )
    ]


def database_role_is_no_superuser(
    databases: Sequence[str] | None = None, **_: Any
) -> list[Warning]:
    """Behind TLS, that is in production, a superuser is more than the product needs."""
    if not settings.HTTPS or not databases:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        [is_superuser] = cursor.fetchone()
    if not is_superuser:
        return []
    return [
        Warning(
            "The role in DATABASE_URL is a superuser of PostgreSQL.",
            hint="Make a role that owns the database and nothing else.",
            id="agentloom.W002",
        )
    ]
