"""Prepared statements in one round trip, by libpq's pipeline mode: all are on their way before the first is answered.

It stands on psycopg's lower layer. Its cursors and pipelines do the same, and cost more Python than the way to
PostgreSQL and back; without them a node that asks a server takes an eighth less time.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
from psycopg import abc, generators
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

Rows = list[tuple[Any, ...]]
Call = tuple[bytes, Sequence[Any]]  # the name of what PostgreSQL has prepared, and its parameters


def run(connection: psycopg.Connection[Any], calls: Sequence[Call]) -> list[Rows]:
    """Run them in order and return the rows of each, in a new transaction where Django wants one and there is none.

    Raises psycopg's errors: that of the first call that fails, after which the others are not run.
    """
    transformer: abc.Transformer = Transformer(connection)
    dumped = [
        (
            name,
            transformer.dump_sequence(list(map(_text_of_ids, each)), [PyFormat.TEXT] * len(each)),
        )
        for name, each in calls
    ]
    try:
        results = _exchange(connection, dumped)
    except BaseException:
        connection.close()  # nobody knows what is still on its way
        raise
    return [_rows(transformer, result) for result in results][-len(calls) :]


def _text_of_ids(value: object) -> object:
    """An array of ids as PostgreSQL reads it: psycopg, which knows nothing of what is in a list, looks at each with care."""
    if isinstance(value, list) and value and isinstance(value[0], UUID):
        return f"{{{','.join(map(str, value))}}}"
    return value


def _exchange(
    connection: psycopg.Connection[Any], calls: Sequence[tuple[bytes, Sequence[Any]]]
) -> list[PGresult]:
    pgconn = connection.pgconn
    pgconn.enter_pipeline_mode()
    begins = not connection.autocommit and pgconn.transaction_status == TransactionStatus.IDLE
    if begins:
        pgconn.send_query_params(b"BEGIN", None)
    for name, values in calls:
        pgconn.send_query_prepared(name, values)
    pgconn.pipeline_sync()
    results = connection.wait(_results(pgconn, begins + len(calls)))
    pgconn.exit_pipeline_mode()
    return results


def _results(pgconn: PGconn, count: int) -> abc.PQGen[list[PGresult]]:
    yield from generators.send(pgconn)
    results = []
    for _ in range(count):
        results += yield from generators.fetch_many(pgconn)
    yield from generators.fetch_many(pgconn)  # that this was all
    return results


def _rows(transformer: abc.Transformer, result: PGresult) -> Rows:
    if result.status == ExecStatus.COMMAND_OK:
        return []
    if result.status != ExecStatus.TUPLES_OK:
        raise error_from_result(result)
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)
