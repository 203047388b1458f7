"""What the server answers, as far as programs usually look at it; the answers have more."""

from typing import Any, TypedDict


class Graph(TypedDict):
    """A graph of a list."""

    id: str
    name: str
    description: str
    version: int | None
    node_count: int


class Run(TypedDict):
    """A run. `outputs` are there when it has ended: {name: [value, …]}."""

    id: str
    graph_id: str
    graph_version: int
    status: str
    error: str
    inputs: dict[str, Any]
    outputs: dict[str, list[Any]]
    cost: int
    created_at: str
    started_at: str | None
    ended_at: str | None


class NodeRun(TypedDict):
    """One firing of one node."""

    id: str
    node_id: str
    block_id: str
    status: str
    error: str
    inputs: dict[str, Any]
    outputs: dict[str, list[Any]]
    execution_time: float | None


class Remark(TypedDict):
    """Something to know about an imported graph."""

    about: str
    node_id: str
    text: str


class Imported(TypedDict):
    """What a file has become."""

    graph: Graph
    remarks: list[Remark]


ENDED = frozenset({"COMPLETED", "FAILED", "CANCELLED"})
