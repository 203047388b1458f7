"""What PostgreSQL has prepared for a connection: finding a plan takes it longer than what most of our plans do.

Rule 1: a statement is prepared once a connection, when it is used there for the first time.
Rule 2: plans are generic and do not read whole tables, since one that was made while a table was empty has to serve
    when it is large.
Rule 3: behind a pooler that gives each transaction another connection nothing is prepared (`DATABASE_PREPARES`).
"""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db.backends.utils import CursorWrapper

_GENERIC = "SET plan_cache_mode = force_generic_plan"
NO_WHOLE_TABLES = "SET LOCAL enable_seqscan = off"  # for the transaction in which plans are made

_names: WeakKeyDictionary[psycopg.Connection[Any], set[str]] = WeakKeyDictionary()


def calls(cursor: CursorWrapper, texts: Sequence[str]) -> list[str]:
    """Prepare these statements where they are not yet; gives the texts that run them with the same parameters."""
    names = _names.get(cursor.connection)
    if names is None:
        cursor.execute(_GENERIC)
        names = _names[cursor.connection] = set()
    for name, definition, _call in map(_prepared, texts):
        if name not in names:
            # It outlives the transaction, even one that is rolled back.
            cursor.execute(definition)
            names.add(name)
    return [_prepared(text)[2] for text in texts]


@cache
def _prepared(text: str) -> tuple[str, str, str]:
    """A statement's name, what prepares it, and what runs it."""
    name = f"s{sha256(text.encode()).hexdigest()[:16]}"
    first, *others = text.split("%s")
    numbered = first + "".join(f"${index}{part}" for index, part in enumerate(others, 1))
    values = f" ({', '.join(['%s'] * len(others))})" if others else ""
    return name, f"PREPARE {name} AS {numbered}", f"EXECUTE {name}{values}"
