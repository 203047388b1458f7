"""Databases of users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from blocks.credentials import Secret


class Encryption(StrEnum):
    """How a connection to a database is encrypted; the words of PostgreSQL."""

    FULL = "verify-full"  # and the certificate must be for the host
    REQUIRED = "require"
    NONE = "disable"  # only where the operator allows the server


@dataclass(frozen=True)
class DatabaseServer:
    """A database, and as whom to log in there."""

    host: str
    port: int
    name: str
    credential: Secret
    encryption: Encryption = Encryption.REQUIRED


@dataclass(frozen=True)
class SqlLimits:
    """How much one statement may do."""

    is_read_only: bool = True
    seconds: float = 30
    rows: int = 1_000
    bytes: int = 10_000_000


@dataclass(frozen=True)
class SqlResult:
    """What a statement gave: JSON values by the names of their columns."""

    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    count: int | None  # of the rows that are here, or that were changed; None: nobody knows
    is_truncated: bool = False  # there are more than the limits allow


class Sql(Protocol):
    """Databases of the user: guarded, limited in size and time."""

    def query(
        self,
        server: DatabaseServer,
        statement: str,
        parameters: Mapping[str, Any],
        limits: SqlLimits,
    ) -> SqlResult:
        """Execute one statement in a transaction of its own. Raises `BlockError`.

        `%(name)s` in the statement stands for a parameter, which is sent beside it.
        """
        ...
