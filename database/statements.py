"""Several statements in one round trip: the way to PostgreSQL and back costs more than most of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from django.conf import settings
from django.db import connection
from django.db.utils import NotSupportedError, OperationalError

from database import prepared

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and its parameters. The text is a constant, which is prepared once and kept."""

    text: str
    parameters: Sequence[Any] = ()


def run(*statements: Statement) -> list[Rows]:
    """Run them in order and return the rows of each. Each sees what was committed when it began."""
    if not statements:
        return []
    texts = [statement.text for statement in statements]
    parameters = [value for statement in statements for value in statement.parameters]
    with connection.cursor() as cursor:
        try:
            if settings.DATABASE_PREPARES:
                texts = [prepared.NO_WHOLE_TABLES, *prepared.calls(cursor, texts)]
            cursor.execute(";\n".join(texts), parameters)
        except NotSupportedError as error:
            _forget_plans(error)
        rows = [_rows(cursor)]
        while cursor.nextset():
            rows.append(_rows(cursor))
    return rows[-len(statements) :]


def _forget_plans(error: NotSupportedError) -> NoReturn:
    """A migration has changed what a prepared statement gives: the next try gets a new connection."""
    connection.connection.close()
    raise OperationalError("A table has changed since a statement was prepared") from error


def _rows(cursor: Any) -> Rows:
    # Asked of the result: the cursor's `description` would be made for each.
    return cursor.fetchall() if cursor.pgresult.nfields else []
