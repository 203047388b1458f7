"""Models out of rows that a statement of ours has read.

For what every request asks: the ORM takes ten times as long to phrase such a question as PostgreSQL to answer it.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def columns_of(model: type[Model], table: str) -> str:
    """What a statement selects from `table`, its name there, so that `instance_of` can read it."""
    return ", ".join(f"{table}.{field.column}" for field in model._meta.concrete_fields)


def width_of(model: type[Model]) -> int:
    """How many columns that are."""
    return len(model._meta.concrete_fields)


def instance_of(model: type[Row], values: Sequence[Any]) -> Row:
    """The row with these columns, as the ORM would give it."""
    names, readers = _reading(model)
    read = list(values)
    for index, reader in readers:
        read[index] = reader(read[index], None, connection)
    return model.from_db(DEFAULT_DB_ALIAS, names, read)


@cache
def _reading(model: type[Model]) -> tuple[list[str], list[tuple[int, Callable[..., Any]]]]:
    fields = model._meta.concrete_fields
    readers = [
        (index, reader)
        for index, field in enumerate(fields)
        for reader in field.get_db_converters(connection)
    ]
    return [field.attname for field in fields], readers
