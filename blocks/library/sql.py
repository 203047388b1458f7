"""Databases: one SQL statement."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.credentials import CredentialType, Reference, Secret, credentials_pin
from blocks.ports import DatabaseServer, Encryption, Ports, SqlLimits
from blocks.registry import register

_SECRET = Secret(
    provider="database",
    type=CredentialType.USER_PASSWORD,
    hosts=("db.example.com",),
    values={"username": "reader", "password": "a password"},
)
_GIVEN = {
    "host": "db.example.com",
    "database": "shop",
    "credentials": {"id": "7d1c0b5e-5a0e-4d0b-9d0e-0d8f6c1d2a3b", "provider": "database"},
}


class DatabaseType(StrEnum):
    """Which databases can be asked."""

    POSTGRES = "postgres"


@register
class SqlQuery(Block["SqlQuery.Input"]):
    id = "sql_query_block"
    aliases = ("4dc35c0f-4fd8-465e-9616-5a216f1ba2bc",)
    name = "SQL query"
    description = "Asks a PostgreSQL database with one SQL statement; it may only read, unless told otherwise."
    category = "data"
    icon = "sql"
    # With read_only switched off it may do anything.
    effect = Effect.AT_MOST_ONCE
    limits = "One statement, 10,000 rows, 10 MB, 300 seconds."
    timeout = 330.0

    class Input(Pins):
        database_type: DatabaseType = Field(
            default=DatabaseType.POSTGRES, description="The kind of database."
        )
        host: str = Field(max_length=253, description="The host, such as db.example.com.")
        port: int | None = Field(default=None, ge=1, le=65535, description="The port; empty: 5432.")
        database: str = Field(min_length=1, max_length=63, description="The name of the database.")
        query: str = Field(
            min_length=1,
            max_length=100_000,
            description="The statement. %(name)s stands for a parameter.",
        )
        read_only: bool = Field(default=True, description="Refuse statements that change anything.")
        timeout: int = Field(default=30, ge=1, le=300, description="Seconds that it may take.")
        max_rows: int = Field(default=1000, ge=1, le=10_000, description="The most rows to give.")
        credentials: Reference = credentials_pin(
            "database",
            types=(CredentialType.USER_PASSWORD,),
            description="User and password; they go to the hosts of the credential only.",
        )
        parameters: dict[str, Any] = Field(
            default={}, description="Values by name; they are sent apart from the statement."
        )
        encryption: Encryption = Field(
            default=Encryption.REQUIRED,
            description="verify-full also checks that the certificate is for the host.",
        )

    class Output(Pins):
        results: list[dict[str, Any]] = Field(description="The rows, by the names of columns.")
        columns: list[str] = Field(description="The names of the columns.")
        row_count: int = Field(description="How many rows there are here.")
        truncated: bool = Field(description="Whether there are more rows than fit.")
        affected_rows: int = Field(description="How many rows it changed, when it gives none back.")

    examples = (
        Example(
            given=_GIVEN
            | {"query": "select name from tea where id = %(id)s", "parameters": {"id": 7}},
            secret=_SECRET,
            answers=[{"columns": ["name"], "rows": [{"name": "Oolong"}], "count": 1}],
            yields=[
                ("results", [{"name": "Oolong"}]),
                ("columns", ["name"]),
                ("row_count", 1),
                ("truncated", False),
            ],
        ),
        Example(
            given=_GIVEN | {"query": "delete from tea", "read_only": False},
            secret=_SECRET,
            answers=[{"columns": [], "rows": [], "count": 3}],
            yields=[
                ("results", []),
                ("columns", []),
                ("row_count", 0),
                ("truncated", False),
                ("affected_rows", 3),
            ],
        ),
        Example(given=_GIVEN | {"query": "  "}, secret=_SECRET, error="no statement"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if not data.query.strip():
            raise BlockError("There is no statement in the query")
        secret = ports.credentials.read(data.credentials)
        server = DatabaseServer(
            data.host, data.port or 5432, data.database, secret, data.encryption
        )
        limits = SqlLimits(data.read_only, data.timeout, data.max_rows)
        result = ports.sql.query(server, data.query, data.parameters, limits)
        yield "results", [dict(row) for row in result.rows]
        yield "columns", list(result.columns)
        yield "row_count", len(result.rows)
        yield "truncated", result.is_truncated
        if result.count is not None and not (result.columns or data.read_only):
            yield "affected_rows", result.count
