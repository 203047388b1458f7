"""The event log of a run, and the one place from which watchers are told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from database import statements
from database.statements import Statement
from executions import outbox
from executions.engine.firing import Firing
from executions.engine.status import Status
from executions.engine.values import dump
from executions.models import Event
from executions.rows import records
from executions.rows.runs import CancelledRow

NODES_PER_EVENT = 500
_STREAM_ROOM = 500  # pieces of text give way to events long before there are too many of both

Kind = Event.Kind


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that has no number yet; `data` is JSON text."""

    kind: str
    data: str


def execution_group(execution_id: UUID) -> str:
    """The channel-layer group of those who watch one run."""
    return f"execution.{execution_id}"


def graph_group(graph_id: UUID, user_id: UUID) -> str:
    """The group of those who watch all runs of a graph that one person has started: that person."""
    return f"graph.{graph_id}.{user_id}"


def notifications_group(user_id: UUID) -> str:
    """The group of those who watch what one person is told."""
    return f"notifications.{user_id}"


@dataclass(frozen=True, slots=True)
class NodeChange:
    """How a node execution stands. Values are not part of it: they can be large."""

    id: UUID
    node_id: str
    status: Status
    position: int
    attempts: int
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: str | None = None

    @classmethod
    def cancelled(cls, row: CancelledRow) -> "NodeChange":
        """That a run's end took it away."""
        return cls(
            row.id,
            row.node_id,
            Status.CANCELLED,
            row.position,
            row.attempts,
            row.started_at,
            row.ended_at,
        )

    @classmethod
    def of(cls, firing: Firing) -> "NodeChange":
        """What a burst did to a firing."""
        return cls(
            firing.id,
            firing.node_id,
            firing.status,
            firing.position,
            firing.attempts,
            firing.started_at,
            firing.ended_at,
            firing.outcome.error[:500] if firing.outcome and firing.outcome.error else None,
        )


def of_nodes(changes: Sequence[NodeChange]) -> list[NewEvent]:
    """Changes of node executions, in as few events as is decent."""
    return [
        NewEvent(Kind.NODES, dump({"nodes": changes[start : start + NODES_PER_EVENT]}))
        for start in range(0, len(changes), NODES_PER_EVENT)
    ]


def of_run(status: Status, error: str = "", error_count: int = 0) -> NewEvent:
    """That the run changed its status."""
    data = {"status": status, "error": error, "error_count": error_count}
    return NewEvent(Kind.EXECUTION, dump(data))


_COLUMNS = {"execution_id": "uuid", "back": "int", "kind": "text", "data": "jsonb"}
_INSERT = f"""
INSERT INTO executions_event (execution_id, seq, kind, data, created_at)
SELECT execution.id, execution.event_seq - new.back, new.kind, new.data, clock_timestamp()
  FROM {records.source(_COLUMNS)}
  JOIN executions_execution AS execution ON execution.id = new.execution_id AND execution.id = ANY(%s)
"""  # nosec B608 # noqa: S608 - constants


def insertion(new: Iterable[tuple[UUID, Sequence[NewEvent]]]) -> Statement:
    """Add events of these runs to the log.

    The caller has raised each run's `event_seq` by their number in this transaction, so numbers have no gaps.
    """
    rows = [
        (execution_id, back, event.kind, event.data)
        for execution_id, of_run in new
        for back, event in zip(range(len(of_run) - 1, -1, -1), of_run, strict=True)
    ]
    ids = list({row[0] for row in rows})  # said again, see `records.source`
    return Statement(_INSERT, [records.as_json(_COLUMNS, rows), ids])


def write(execution_id: UUID, of_graph: str, new: Sequence[NewEvent], *, last_seq: int) -> None:
    """Add events to the log, the last of which has this number, and tell the watchers, as `tell` does."""
    statements.run(insertion([(execution_id, new)]))
    tell(execution_id, of_graph, new, last_seq=last_seq)


def tell(execution_id: UUID, of_graph: str, new: Sequence[NewEvent], *, last_seq: int) -> None:
    """Tell the watchers of these events, and the `graph_group` of the run, once the transaction has committed."""
    groups = [of_graph]
    if last_seq > len(new):  # nobody can watch a run before its first event is committed
        groups.append(execution_group(execution_id))
    first = last_seq - len(new) + 1
    message = {
        "type": "execution.events",
        "execution_id": str(execution_id),
        "graph_group": of_graph,
        "events": [
            {"seq": seq, "kind": event.kind, "data": event.data}
            for seq, event in enumerate(new, start=first)
        ],
    }
    transaction.on_commit(lambda: _publish(groups, message), robust=True)


def _publish(groups: Sequence[str], message: Mapping[str, Any]) -> None:
    for group in groups:
        outbox.send_to_group(group, message)


def notify(user_id: UUID, notification_id: UUID, event: str) -> None:
    """Show a person's watchers, once the transaction has committed, that there is something new on their page."""
    message = {"type": "notification.new", "id": str(notification_id), "event": event}
    group = notifications_group(user_id)
    transaction.on_commit(lambda: outbox.send_to_group(group, message), robust=True)


def stream(execution_id: UUID, node_execution_id: UUID, node_id: str, text: str) -> None:
    """Show watchers a piece of unfinished output; not kept, the finished output is."""
    outbox.send_to_group(
        execution_group(execution_id),
        {
            "type": "execution.stream",
            "execution_id": str(execution_id),
            "id": str(node_execution_id),
            "node_id": node_id,
            "text": text,
        },
        room=_STREAM_ROOM,
    )
