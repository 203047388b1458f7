"""Database connections of threads that wait for the world."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def freed() -> Iterator[None]:
    """Give the connection back to the pool afterwards: what follows may wait for the world."""
    try:
        yield
    finally:
        if not connection.in_atomic_block:
            connection.close()
