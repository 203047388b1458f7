"""Breaks things at the n-th SQL statement of this process: finds moments that nobody has named.

Statements are counted where psycopg sends them, COPY included, and those that go together as one; COMMIT counts twice,
before and after.
"""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from chaos.failures import ACTIONS
from database import pipelines


class Counter:
    """Counts the statements of this process between `install` and `remove`, and acts at one of them."""

    def __init__(self, act: Callable[[], None], nth: int) -> None:
        self._act = act
        self._nth = nth
        self._numbers = itertools.count(1)
        self._own = (
            psycopg.Cursor.execute,
            psycopg.Cursor.copy,
            psycopg.Connection.commit,
            pipelines.run,
        )
        self.count = 0

    def step(self) -> None:
        """One more statement is about to be sent, or a commit is done."""
        self.count = number = next(self._numbers)
        if number == self._nth:
            self._act()

    def install(self) -> None:
        """Begin to count."""
        execute, copy, commit, run = self._own

        def counted_execute(cursor: Any, *args: Any, **options: Any) -> Any:
            self.step()
            return execute(cursor, *args, **options)

        def counted_copy(cursor: Any, *args: Any, **options: Any) -> Any:
            self.step()
            return copy(cursor, *args, **options)

        def counted_commit(connection: Any) -> None:
            self.step()
            commit(connection)
            self.step()

        def counted_run(*args: Any) -> Any:
            self.step()
            return run(*args)

        _replace(counted_execute, counted_copy, counted_commit, counted_run)

    def remove(self) -> None:
        """Count no more."""
        _replace(*self._own)


def _replace(execute: Any, copy: Any, commit: Any, run: Any) -> None:
    psycopg.Cursor.execute = execute  # type: ignore[method-assign]
    psycopg.Cursor.copy = copy  # type: ignore[method-assign]
    psycopg.Connection.commit = commit  # type: ignore[method-assign]
    pipelines.run = run


def arm(text: str, report: Path) -> None:
    """From now on until the end of this process: `action@n`."""
    action, _, nth = text.partition("@")

    def act() -> None:
        with report.open("a") as file:
            file.write(f"statement={action}\n")
        ACTIONS[action]()

    Counter(act, int(nth)).install()
