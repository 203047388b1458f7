"""Runs, their node executions, the values that stay, the event log, and the workers."""

from executions.models.columns import OPEN_STATUSES, new_id
from executions.models.executions import Execution, ExecutionQuerySet, Source, seen_by
from executions.models.log import Event, StaticValue
from executions.models.node_executions import NodeExecution, NodeExecutionQuerySet
from executions.models.stored_values import StoredValue, StoredValueQuerySet
from executions.models.workers import Worker

__all__ = [
    "OPEN_STATUSES",
    "Event",
    "Execution",
    "ExecutionQuerySet",
    "NodeExecution",
    "NodeExecutionQuerySet",
    "Source",
    "StaticValue",
    "StoredValue",
    "StoredValueQuerySet",
    "Worker",
    "new_id",
    "seen_by",
]
