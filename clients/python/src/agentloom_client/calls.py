"""The requests that the verbs make, as values: both clients send the same."""

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agentloom_client.errors import AgentloomError

TRIES = (
    6  # of requests that may be repeated: together long enough for a server that is started anew
)
PAUSE = 0.5  # seconds before the second one; then twice as long each time
REPEATABLE_STATUS = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Call:
    """One request; it is sent again after a broken connection if that does no harm."""

    method: str
    path: str
    body: Any = None
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def tries(self) -> int:
        """How often it may be sent."""
        is_safe = self.method == "GET" or "Idempotency-Key" in self.headers
        return TRIES if is_safe else 1


def pause(attempt: int) -> float:
    """Seconds after the attempt with this number, counted from 0."""
    return float(PAUSE * 2**attempt)


def settings(url: str | None, api_key: str | None) -> tuple[str, dict[str, str]]:
    """Where the server is, and the headers of every request. Raises `AgentloomError` without a key."""
    key = api_key or os.environ.get("AGENTLOOM_API_KEY", "")
    if not key:
        raise AgentloomError("Set AGENTLOOM_API_KEY, or give an api_key", details=None)
    address = url or os.environ.get("AGENTLOOM_URL") or "http://127.0.0.1:8000"
    return address, {"Authorization": f"Bearer {key}"}


def graphs(search: str = "", page: int = 1) -> Call:
    """The newest graphs."""
    query = {"page": page, "page_size": 100, **({"search": search} if search else {})}
    return Call("GET", "/api/graphs", query=query)


def runs(graph_id: str | None = None) -> Call:
    """The newest runs."""
    place = f"/api/graphs/{graph_id}/executions" if graph_id else "/api/executions"
    return Call("GET", place, query={"page_size": 100})


def start(
    graph_id: str, inputs: Mapping[str, Any], version: int | None, key: str | None, **more: Any
) -> Call:
    """Start a run."""
    place = f"/api/graphs/{graph_id}/execute" + (f"/{version}" if version else "")
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    given = {name: value for name, value in more.items() if value is not None}
    return Call("POST", place, {"inputs": dict(inputs), **given}, headers=headers)


def run(run_id: str) -> Call:
    """One run with its node executions."""
    return Call("GET", f"/api/executions/{run_id}")


def stop(graph_id: str, run_id: str) -> Call:
    """Stop a run."""
    return Call("POST", f"/api/graphs/{graph_id}/executions/{run_id}/stop")


def events(run_id: str, after: int) -> Call:
    """The stream of events after this one."""
    return Call("GET", f"/api/executions/{run_id}/events", query={"after_seq": after})


def export(graph_id: str, version: int | None, format_: str) -> Call:
    """A graph as a file."""
    query = {"as": format_, **({"version": version} if version else {})}
    return Call("GET", f"/api/graphs/{graph_id}/export", query=query)


def take_in(file: Any) -> Call:
    """Make a graph of a file."""
    return Call("POST", "/api/graphs/import", file)


def is_id(text: str) -> bool:
    """Whether this is the id of something, and not its name."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def chosen(found: list[Any], name: str) -> str:
    """The id of the graph of this name. Raises `AgentloomError` where there is none, or more than one."""
    ids = [str(each["id"]) for each in found if each["name"] == name]
    if len(ids) != 1:
        what = "no graph" if not ids else f"more than one graph ({', '.join(ids)})"
        raise AgentloomError(f"There is {what} with the name {name!r}", code="name", details=None)
    return ids[0]
