"""Several statements in one round trip: the way to PostgreSQL and back costs more than most of them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.utils import NotSupportedError, OperationalError

from database import pipelines, prepared

Rows = pipelines.Rows


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and its parameters. The text is a constant, which is prepared once and kept."""

    text: str
    parameters: Sequence[Any] = ()


_NO_WHOLE_TABLES = Statement(prepared.NO_WHOLE_TABLES)


def run(*statements: Statement) -> list[Rows]:
    """Run them in order and return the rows of each. Each sees what was committed when it began."""
    if not statements:
        return []
    with connection.cursor() as cursor:
        run_all = _run_prepared if settings.DATABASE_PREPARES else _run_as_text
        return run_all(cursor, statements)


def _run_prepared(cursor: CursorWrapper, statements: Sequence[Statement]) -> list[Rows]:
    all_ = [_NO_WHOLE_TABLES, *statements]
    names = prepared.names(cursor, [each.text for each in all_])
    calls = [(name, each.parameters) for name, each in zip(names, all_, strict=True)]
    connection.validate_no_broken_transaction()
    began = time.monotonic()
    try:
        with connection.wrap_database_errors:
            return pipelines.run(cursor.connection, calls)[1:]
    except NotSupportedError as error:
        _forget_plans(error)
    finally:
        _log(names, all_, time.monotonic() - began)


def _log(names: Sequence[bytes], statements: Sequence[Statement], seconds: float) -> None:
    """Django, whose cursors see nothing of them, counts and shows them all the same when it is to."""
    if connection.queries_logged:
        texts = (
            f"EXECUTE {name.decode()} /* {each.text.strip()} */"
            for name, each in zip(names, statements, strict=True)
        )
        connection.queries_log.append({"sql": ";\n".join(texts), "time": f"{seconds:.3f}"})


def _forget_plans(error: NotSupportedError) -> NoReturn:
    """A migration has changed what a prepared statement gives: the next try gets a new connection."""
    connection.connection.close()
    raise OperationalError("A table has changed since a statement was prepared") from error


def _run_as_text(cursor: CursorWrapper, statements: Sequence[Statement]) -> list[Rows]:
    text = ";\n".join(each.text for each in statements)
    cursor.execute(text, [value for each in statements for value in each.parameters])
    rows = [_rows(cursor)]
    while cursor.nextset():
        rows.append(_rows(cursor))
    return rows


def _rows(cursor: CursorWrapper) -> Rows:
    # Asked of the result: the cursor's `description` would be made for each.
    return cursor.fetchall() if cursor.pgresult.nfields else []
