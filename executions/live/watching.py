"""What the WebSocket needs of the database: who is there, what they may watch, and what they have missed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from channels.db import database_sync_to_async
from django.db.models import TextField
from django.db.models.functions import Cast
from rest_framework.exceptions import AuthenticationFailed

from accounts import authentication, tickets
from accounts.callers import Caller
from accounts.limits import gate
from accounts.limits.addresses import address_of
from accounts.limits.rates import RouteClass
from accounts.models import Scope, User
from executions.engine.values import load
from executions.errors import WatchError
from executions.models import Event, Execution, NodeExecution
from graphs.models import Graph

EventRow = dict[str, Any]  # {seq, kind, data}
CHECK_EVERY = 30.0  # seconds between two looks at whether somebody may still be there
_PAGE = 200


@dataclass(slots=True)
class Watch:
    """One subscription; without an `execution_id` it is to all runs of a graph, or to notifications: nothing is replayed."""

    channel: str
    execution_id: UUID | None = None
    last_seq: int = 0
    is_batched: bool = False

    def take_new(self, rows: Sequence[EventRow]) -> list[EventRow]:
        """The events that the client does not have yet; they count as sent."""
        if self.execution_id is None:
            return [_parsed(row) for row in rows]
        new = [_parsed(row) for row in rows if row["seq"] > self.last_seq]
        if new:
            self.last_seq = new[-1]["seq"]
        return new


def _parsed(row: EventRow) -> EventRow:
    return {**row, "data": load(row["data"])}


@database_sync_to_async
def caller_of(scope: Mapping[str, Any]) -> Caller | None:
    """Who opens a connection, or None. Raises `RateLimitedError`, by address and by user."""
    gate.admit(RouteClass.WEBSOCKET, _address_of(scope))
    caller = _identify(scope)
    if caller:
        gate.admit_user(RouteClass.WEBSOCKET, caller.user, caller.key)
    return caller


def _address_of(scope: Mapping[str, Any]) -> str:
    client, headers = scope.get("client"), dict(scope["headers"])
    forwarded = headers.get(b"x-forwarded-for", b"").decode("latin1")
    return address_of(
        {"REMOTE_ADDR": client[0] if client else "", "HTTP_X_FORWARDED_FOR": forwarded}
    )


def _identify(scope: Mapping[str, Any]) -> Caller | None:
    """The caller by session, by header, or by a one-use ticket in the address."""
    user: User | None = scope.get("user")
    if user is not None and user.is_authenticated:
        return Caller.in_browser(user, scope["session"]) if user.is_active else None
    headers = {name.decode("latin1"): value.decode("latin1") for name, value in scope["headers"]}
    ticket = parse_qs(scope["query_string"].decode("latin1")).get("token", [""])[0]
    try:
        found = authentication.credential_of_headers(headers)
    except AuthenticationFailed:
        return None
    return Caller.known_by(*found) if found else tickets.redeem(ticket)


@database_sync_to_async
def is_welcome(caller: Caller) -> bool:
    """Whether they may still look at runs at all."""
    return caller.is_welcome(Scope.READ_EXECUTIONS)


@database_sync_to_async
def may_watch(caller: Caller, execution_id: UUID) -> bool:
    """Whether they may still look at this run."""
    visible = Execution.objects.visible_to(caller.user).filter(pk=execution_id)
    return caller.is_welcome(Scope.READ_EXECUTIONS) and visible.exists()


@database_sync_to_async
def require_execution(user: User, execution_id: UUID) -> None:
    """Raise `WatchError` unless they may look at this run."""
    if not Execution.objects.visible_to(user).filter(pk=execution_id).exists():
        raise WatchError(f"There is no execution {execution_id}")


@database_sync_to_async
def visible_among(user: User, execution_ids: Collection[UUID]) -> set[UUID]:
    """Which of these runs they may still look at."""
    visible = Execution.objects.visible_to(user).filter(pk__in=execution_ids)
    return set(visible.values_list("pk", flat=True))


@database_sync_to_async
def require_graph(user: User, graph_id: UUID) -> None:
    """Raise `WatchError` unless they may look at this graph."""
    if not Graph.objects.visible_to(user).filter(pk=graph_id).exists():
        raise WatchError(f"There is no graph {graph_id}")


@database_sync_to_async
def events_after(execution_id: UUID, seq: int) -> list[EventRow]:
    """The next events of the log, in order."""
    rows = (
        Event.objects.filter(execution_id=execution_id, seq__gt=seq)
        .order_by("seq")
        .annotate(text=Cast("data", TextField()))
        .values_list("seq", "kind", "text")[:_PAGE]
    )
    return [{"seq": number, "kind": kind, "data": text} for number, kind, text in rows]


@database_sync_to_async
def single_frames(execution_id: UUID, rows: Sequence[EventRow]) -> list[dict[str, Any]]:
    """One message for each change, in the original platform's names and with the values."""
    execution = Execution.objects.select_related("version").get(pk=execution_id)
    ids = [
        node["id"]
        for row in rows
        if row["kind"] == Event.Kind.NODES
        for node in row["data"]["nodes"]
    ]
    nodes = {str(node.pk): node for node in NodeExecution.objects.filter(pk__in=ids)}
    frames = []
    for row in rows:
        if row["kind"] == Event.Kind.EXECUTION:
            data = _execution_data(execution, row["data"])
            frames.append({"method": "graph_execution_event", "seq": row["seq"], "data": data})
            continue
        for change in row["data"]["nodes"]:
            data = _node_data(execution, nodes[change["id"]], change)
            frames.append({"method": "node_execution_event", "seq": row["seq"], "data": data})
    return frames


def _execution_data(execution: Execution, change: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "event_type": "graph_execution_update",
        "id": str(execution.pk),
        "graph_id": str(execution.graph_id),
        "graph_version": execution.version.version,
        "user_id": str(execution.user_id),
        "status": change["status"],
        "error": change.get("error", ""),
        "inputs": execution.inputs,
        "outputs": execution.outputs,
        "cost": execution.cost,
        "started_at": execution.started_at,
        "ended_at": execution.ended_at,
    }


def _node_data(
    execution: Execution, node: NodeExecution, change: Mapping[str, Any]
) -> dict[str, Any]:
    outputs: dict[str, list[Any]] = {}
    for pin, value in node.outputs:
        outputs.setdefault(pin, []).append(value)
    return {
        "event_type": "node_execution_update",
        "user_id": str(execution.user_id),
        "graph_id": str(execution.graph_id),
        "graph_version": execution.version.version,
        "graph_exec_id": str(execution.pk),
        "node_exec_id": change["id"],
        "node_id": change["node_id"],
        "block_id": node.block_id,
        "status": change["status"],
        "input_data": node.inputs,
        "output_data": outputs,
        "error": change.get("error"),
        "queue_time": node.queued_at,
        "start_time": change["started_at"],
        "end_time": change["ended_at"],
    }
