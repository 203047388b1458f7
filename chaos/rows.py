"""One run as it is stored, read in one glance."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from executions.engine.status import Status
from executions.models import Event, Execution, NodeExecution
from graphs import spec


@dataclass(frozen=True)
class StoredRun:
    """A run's row, its graph, its node executions by position, and its event log."""

    execution: Execution
    graph: spec.Graph
    firings: list[NodeExecution]
    events: list[Event]

    @cached_property
    def by_node(self) -> dict[str, list[NodeExecution]]:
        """The firings of each node that came by links, in order; what others called did not."""
        found: defaultdict[str, list[NodeExecution]] = defaultdict(list)
        for firing in self.firings:
            if firing.caller_id is None:
                found[firing.node_id].append(firing)
        return found

    @property
    def status(self) -> Status:
        """How the run stands."""
        return Status(self.execution.status)

    def mask_of(self, node: spec.Node) -> dict[str, Any]:
        """Values of the run for the node's pins, which count more than what links bring."""
        masks: dict[str, dict[str, Any]] = self.execution.input_masks or {}
        return masks.get(node.id, {})


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything that is read in it is as it was at one moment. Must be the outermost transaction."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def read(execution_id: UUID) -> StoredRun | None:
    """All rows of one run; None when there is no such run."""
    execution = Execution.objects.select_related("version").filter(pk=execution_id).first()
    if execution is None:
        return None
    return StoredRun(
        execution,
        execution.version.load(),
        list(execution.node_executions.in_order()),
        list(execution.events.order_by("seq")),
    )


def name_of(firing: NodeExecution) -> str:
    """How sentences speak of a node execution."""
    return f'"{firing.node_id}" #{firing.position} ({firing.status})'


def has_sent(firing: NodeExecution) -> bool:
    """Whether what it yielded has left along the links."""
    has_ended = firing.status in {Status.COMPLETED, Status.FAILED}
    return has_ended and firing.is_delivered and firing.caller_id is None


def as_values(outputs: Any) -> list[tuple[str, Any]]:
    """The yielded values (pin, value), in order."""
    return [(pin, value) for pin, value in outputs]
