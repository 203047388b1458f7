"""Whether the tables are those that this version works with."""

import threading

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_fitting = threading.Event()


def fit() -> bool:
    """Asked again until they do: then they go on fitting, as a newer version may change them only so that this one can go on."""
    if not _fitting.is_set() and not are_behind():
        _fitting.set()
    return _fitting.is_set()


def are_behind() -> bool:
    """Whether there are migrations of this version that were not done."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
