"""What PostgreSQL has prepared for a connection: finding a plan takes it longer than what most of our plans do.

Rule 1: a statement is prepared once a connection: when the connection is opened if this process has used the statement
    before, else when it is used.
Rule 2: plans are generic and do not read whole tables, since one that was made while a table was empty has to serve
    when it is large.
Rule 3: behind a pooler that gives each transaction another connection nothing is prepared (`DATABASE_PREPARES`).
"""

import logging
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from django.db.backends.utils import CursorWrapper

_GENERIC = "SET plan_cache_mode = force_generic_plan"
# For the transaction in which plans are made.
NO_WHOLE_TABLES = "SELECT set_config('enable_seqscan', 'off', true)"
_GIVES_WAY_MS = 100  # well below PostgreSQL's `deadlock_timeout`, 1 s

logger = logging.getLogger(__name__)


class Prepared(NamedTuple):
    """A statement's name, and the SQL that prepares it and that makes its plan."""

    name: str
    definition: str
    plan: str


_used: set[Prepared] = set()  # by this process, on whichever connection
_names: WeakKeyDictionary[psycopg.Connection[Any], set[str]] = WeakKeyDictionary()


def prepare_used(connection: psycopg.Connection[Any]) -> None:
    """Prepare on a new connection what this process has used before, so that no run waits for that.

    It gives way to whoever locks a table whole (a migration, a flush): PostgreSQL would call two that wait for each
    other a deadlock, and end either.
    """
    used = _used.copy()
    if not used:
        return
    known = _names[connection] = set()
    connection.execute(f"{_GENERIC}; SET enable_seqscan = off; SET lock_timeout = {_GIVES_WAY_MS}")
    try:
        # Each by itself: a transaction would lock half of all tables, in whatever order.
        for each in used:
            connection.execute(each.definition)
            known.add(each.name)
            connection.execute(each.plan)
    except psycopg.errors.LockNotAvailable:
        logger.info("A table is locked: the other statements are prepared as they are used")
    except psycopg.ProgrammingError as error:
        logger.info("A table has changed (%s): statements are prepared as they are used", error)
        _used.clear()
    finally:
        connection.execute("SET enable_seqscan TO DEFAULT; SET lock_timeout TO DEFAULT")


def names(cursor: CursorWrapper, texts: Sequence[str]) -> list[bytes]:
    """Prepare these statements where they are not yet; gives the names by which they are run."""
    known = _names.get(cursor.connection)
    if known is None:
        cursor.execute(_GENERIC)
        known = _names[cursor.connection] = set()
    wanted = [_prepared(text) for text in texts]
    for each in wanted:
        if each.name not in known:
            # It outlives the transaction, even one that is rolled back.
            cursor.execute(each.definition)
            known.add(each.name)
            _used.add(each)
    return [each.name.encode() for each in wanted]


@cache
def _prepared(text: str) -> Prepared:
    name = f"s{sha256(text.encode()).hexdigest()[:16]}"
    first, *others = text.split("%s")
    numbered = first + "".join(f"${index}{part}" for index, part in enumerate(others, 1))
    nothing = f" ({', '.join(['NULL'] * len(others))})" if others else ""
    return Prepared(name, f"PREPARE {name} AS {numbered}", f"EXPLAIN EXECUTE {name}{nothing}")
