"""Databases of users: one statement over a guarded connection to PostgreSQL."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from blocks.adapters.network import never
from blocks.adapters.sockets import GuardedSockets, Service, Watch, unreachable
from blocks.adapters.sql_values import plain
from blocks.base import BlockError
from blocks.limits import json_size
from blocks.ports import DatabaseServer, Encryption, SqlLimits, SqlResult

_CONNECT_SECONDS = 10
_SPARE_SECONDS = 5.0  # for the way there and back
_MAX_REASON = 500
_PARAMETER = re.compile(r"%\((\w{1,60})\)s")
_MAY_GIVE_ROWS = re.compile(
    rb"^\W*(select|with|values|table|show|explain|fetch|call)\b|\breturning\b", re.IGNORECASE
)


class PostgresClient:
    """Implements the `Sql` port for one attempt."""

    def __init__(self, sockets: GuardedSockets, is_cancelled: Callable[[], bool] = never) -> None:
        self._sockets = sockets
        self._is_cancelled = is_cancelled

    def query(
        self,
        server: DatabaseServer,
        statement: str,
        parameters: Mapping[str, Any],
        limits: SqlLimits,
    ) -> SqlResult:
        """Execute one statement in a transaction of its own. Raises `BlockError`."""
        service = Service("postgresql", server.host, server.port)
        with (
            _failures(service, None),
            self._connected(service, server, limits) as connection,
            Watch(
                connection.fileno(), limits.seconds + _SPARE_SECONDS, self._is_cancelled
            ) as watch,
            _failures(service, watch),
        ):
            return _execute(connection, *_numbered(statement, parameters), limits)

    @contextmanager
    def _connected(
        self, service: Service, server: DatabaseServer, limits: SqlLimits
    ) -> Iterator[psycopg.Connection[TupleRow]]:
        if server.encryption is Encryption.NONE and not self._sockets.is_exempt(service):
            raise BlockError(
                "Passwords are sent encrypted only; use require or verify-full.",
                code="not_encrypted",
            )
        connection = self._connect(service, server, limits)
        try:
            connection.read_only = limits.is_read_only
            yield connection
        finally:
            connection.close()

    def _connect(
        self, service: Service, server: DatabaseServer, limits: SqlLimits
    ) -> psycopg.Connection[TupleRow]:
        failure: psycopg.Error | None = None
        options = _options(service, server, limits)
        for address in self._sockets.addresses(service, server.credential):
            try:
                return psycopg.connect("", hostaddr=address, **options)
            except psycopg.Error as error:
                failure = error
        raise _turned_away(service, str(failure)) from failure


def _options(service: Service, server: DatabaseServer, limits: SqlLimits) -> dict[str, Any]:
    """Everything that decides where and as whom: nothing is left to this machine's environment."""
    milliseconds = int(limits.seconds * 1000)
    read_only = "on" if limits.is_read_only else "off"
    return {
        "host": service.host,
        "port": service.port,
        "dbname": server.name,
        "user": server.credential.values["username"],
        "password": server.credential.values["password"],
        "sslmode": server.encryption.value,
        "sslrootcert": "system" if server.encryption is Encryption.FULL else "",
        "sslcertmode": "disable",
        "gssencmode": "disable",
        "passfile": "/dev/null",
        "application_name": "agentloom",
        "client_encoding": "UTF8",
        "connect_timeout": _CONNECT_SECONDS,
        "prepare_threshold": None,  # poolers between us and the database know nothing of it
        "options": (
            f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} "
            f"-c default_transaction_read_only={read_only}"
        ),
    }


def _numbered(statement: str, parameters: Mapping[str, Any]) -> tuple[bytes, list[Any]]:
    """The statement as PostgreSQL takes it, with $1 in place of %(name)s, and the parameters in this order."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if name not in parameters:
            raise BlockError(f'The statement has no value for "{name[:60]}"', code="sql_refused")
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    text = _PARAMETER.sub(number, statement).encode(errors="replace")
    if b"\0" in text:
        raise BlockError("The statement has a character that is not allowed", code="sql_refused")
    return text, [_bindable(parameters[name]) for name in names]


def _bindable(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict) else value


def _execute(
    connection: psycopg.Connection[TupleRow],
    statement: bytes,
    parameters: list[Any],
    limits: SqlLimits,
) -> SqlResult:
    with psycopg.RawCursor(connection) as cursor:
        if limits.is_read_only or _MAY_GIVE_ROWS.search(statement):
            result = _streamed(cursor, statement, parameters, limits)
        else:
            # binary: the protocol that takes one statement only.
            cursor.execute(statement, parameters, binary=True)
            result = SqlResult((), (), max(0, cursor.rowcount))
        if not limits.is_read_only:
            connection.commit()
        return result


def _streamed(
    cursor: psycopg.RawCursor[TupleRow], statement: bytes, parameters: list[Any], limits: SqlLimits
) -> SqlResult:
    """Row by row, in the protocol that takes one statement only: nothing can follow a COMMIT."""
    try:
        return _collected(cursor, cursor.stream(statement, parameters), limits)
    except psycopg.ProgrammingError as error:
        is_done = cursor.connection.info.transaction_status is TransactionStatus.INTRANS
        if error.sqlstate is None and is_done:
            return SqlResult((), (), None)  # it gives no rows
        raise


def _collected(
    cursor: psycopg.RawCursor[TupleRow], rows: Iterator[TupleRow], limits: SqlLimits
) -> SqlResult:
    found: list[dict[str, Any]] = []
    columns: list[str] = []
    size, count, is_full = 0, 0, False
    for row in rows:
        count += 1
        columns = columns or [column.name for column in cursor.description or ()]
        entry = {} if is_full else dict(zip(columns, map(plain, row), strict=True))
        size += json_size(entry)
        is_full = is_full or len(found) == limits.rows or size > limits.bytes
        if not is_full:
            found.append(entry)
        elif limits.is_read_only:
            cursor.connection.close()  # whatever else is on its way
            break
    return SqlResult(columns, found, count if not is_full else len(found), is_truncated=is_full)


@contextmanager
def _failures(service: Service, watch: Watch | None) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        cut = watch.failure if watch else None
        raise cut or _refusal(error) from error


def _turned_away(service: Service, reason: str) -> BlockError:
    """The server's own words, if it got as far as saying some."""
    _, is_said, words = reason.partition("FATAL:")
    if not is_said:
        return unreachable(service)
    return BlockError(
        f"The database refused it: {' '.join(words.split())[:_MAX_REASON]}", code="sql_refused"
    )


def _refusal(error: psycopg.Error) -> BlockError:
    words = " ".join((error.diag.message_primary or str(error)).split())[:_MAX_REASON]
    match error:
        case psycopg.errors.QueryCanceled():
            return BlockError("The statement takes longer than its timeout.", code="timeout")
        case psycopg.errors.ReadOnlySqlTransaction():
            message = f"This node may only read: {words}. Switch read_only off to let it write."
            return BlockError(message, code="sql_read_only")
        case psycopg.OperationalError():
            message = f"The database cannot be used: {words}"
            return BlockError(message, code="sql_unavailable", retryable=True)
        case _:
            return BlockError(f"The database refused it: {words}", code="sql_refused")
