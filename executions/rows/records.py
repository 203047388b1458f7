"""Many rows in one parameter: JSON text for `jsonb_to_recordset`, far cheaper to quote than arrays of JSON."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

Columns = Mapping[str, str]  # name -> SQL type


def source(columns: Columns, parameter: str = "%s") -> str:
    """The FROM item; its one parameter is the text of `as_json`.

    Who joins it with a table says the ids once more (`id = ANY(%s)`): PostgreSQL takes the records for a hundred, and would
    read the whole table.
    """
    fields = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return f"jsonb_to_recordset({parameter}::jsonb) AS new ({fields})"


def as_json(columns: Columns, rows: Iterable[Sequence[Any]]) -> str:
    """The rows; values of jsonb columns are given as JSON text."""
    is_json = [kind == "jsonb" for kind in columns.values()]
    return orjson.dumps(
        [
            {
                name: orjson.Fragment(value) if nested else value
                for name, nested, value in zip(columns, is_json, row, strict=True)
            }
            for row in rows
        ]
    ).decode()
