"""Runs, their node executions, the values that stay, the event log, the workers, and what is counted and measured."""

from executions.models.columns import OPEN_STATUSES, label_of, new_id
from executions.models.executions import Execution, ExecutionQuerySet, Source, seen_by
from executions.models.log import Event, StaticValue
from executions.models.node_executions import NodeExecution, NodeExecutionQuerySet
from executions.models.paces import Overhead, Pace
from executions.models.recordings import Recording
from executions.models.stored_values import StoredValue, StoredValueQuerySet
from executions.models.tallies import Increment, Process, Recent, Total
from executions.models.workers import Worker

__all__ = [
    "OPEN_STATUSES",
    "Event",
    "Execution",
    "ExecutionQuerySet",
    "Increment",
    "NodeExecution",
    "NodeExecutionQuerySet",
    "Overhead",
    "Pace",
    "Process",
    "Recent",
    "Recording",
    "Source",
    "StaticValue",
    "StoredValue",
    "StoredValueQuerySet",
    "Total",
    "Worker",
    "label_of",
    "new_id",
    "seen_by",
]
