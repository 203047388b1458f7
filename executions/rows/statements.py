"""Several statements in one round trip: the way to PostgreSQL and back costs more than most of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and its parameters."""

    text: str
    parameters: Sequence[Any] = ()


def run(*statements: Statement) -> list[Rows]:
    """Run them in order and return the rows of each. Each sees what was committed when it began."""
    if not statements:
        return []
    text = ";\n".join(statement.text for statement in statements)
    parameters = [value for statement in statements for value in statement.parameters]
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        rows = [_rows(cursor)]
        while cursor.nextset():
            rows.append(_rows(cursor))
    return rows


def _rows(cursor: Any) -> Rows:
    return cursor.fetchall() if cursor.description else []
