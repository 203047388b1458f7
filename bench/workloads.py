"""What is measured: the graphs as data, and what counts as fast enough."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from graphs.spec import Graph, Link, Node

STEP = "text_replace_block"  # does next to nothing, and its output is not static
JOIN = "list_is_empty_block"  # waits for as many values as it has pins, and gives one small value
FETCH = "http_get_block"


@dataclass(frozen=True)
class Target:
    """A limit for one of the two figures of a workload."""

    figure: Literal["seconds", "ratio_to_floor"]
    sign: Literal["<=", ">="]
    limit: float

    def __str__(self) -> str:
        return f"{self.figure} {self.sign} {self.limit:g}"

    def holds(self, value: float) -> bool:
        return value <= self.limit if self.sign == "<=" else value >= self.limit

    def share_used(self, value: float) -> float:
        """How much of what is allowed was needed; more than 1 is too much."""
        return value / self.limit if self.sign == "<=" else self.limit / value


@dataclass(frozen=True)
class Workload:
    """One line of the table."""

    name: str
    what: str
    nodes: int  # node executions of one measurement; none where a latency is measured
    floor: str  # what the ratio is a ratio to
    target: Target | None = None


RAW = "nodes/s ÷ raw transactions/s"

WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("chain-40", "40 pure nodes in a row", 40, RAW),
        Workload(
            "chain-1000", "1,000 pure nodes in a row", 1_000, RAW, Target("ratio_to_floor", ">=", 6)
        ),
        Workload("fan-40", "1 → 40 → join", 42, RAW),
        Workload("fan-100", "1 → 100 → join", 102, RAW, Target("ratio_to_floor", ">=", 4)),
        Workload(
            "lattice",
            "10 layers of 10 nodes, fully connected",
            100,
            RAW,
            Target("ratio_to_floor", ">=", 4),
        ),
        Workload(
            "swarm-200",
            "200 five-node runs, submitted at once over HTTP",
            1_000,
            "total ÷ 200 POSTs that insert one row",
            Target("ratio_to_floor", "<=", 1.8),
        ),
        Workload(
            "io-40",
            "40 parallel waits of 100 ms, then a join",
            42,
            "total ÷ one wait",
            Target("seconds", "<=", 0.25),
        ),
        Workload(
            "chain-io-40",
            "40 web requests in a row, answered at once",
            40,
            "total ÷ (40 bare requests + 80 raw transactions)",
            Target("ratio_to_floor", "<=", 3),
        ),
        Workload(
            "start",
            "run committed → first node running (five-node run)",
            0,
            "p50 ÷ p50 of a raw Celery round trip",
        ),
        Workload(
            "watch",
            "event written → at a WebSocket client (five-node run)",
            0,
            "p50 ÷ p50 of a raw Celery round trip",
        ),
        Workload(
            "big-10k",
            "one run of 10,000 pure nodes in a row",
            10_000,
            "cost per node ÷ that of a run of 1,000 nodes",
            Target("ratio_to_floor", "<=", 1.15),
        ),
        Workload(
            "io-100",
            "100 parallel web requests of 1 s, then a join; one worker process",
            102,
            "total ÷ one request",
            Target("seconds", "<=", 1.5),
        ),
    )
}


def chain(length: int) -> Graph:
    """Pure nodes in a row."""
    links = [(f"n{index}", "output", f"n{index + 1}", "text") for index in range(length - 1)]
    return _graph([_step(f"n{index}") for index in range(length)], links)


def fan(width: int) -> Graph:
    """One node, `width` nodes side by side, and one that waits for all of them."""
    branches = [f"n{index}" for index in range(width)]
    links = [("first", "output", branch, "text") for branch in branches]
    nodes = [_step("first"), *(_step(branch) for branch in branches), Node("join", JOIN)]
    return _graph(nodes, [*links, *_into_join(branches, "output", "join")])


def lattice(layers: int, width: int) -> Graph:
    """Layers of nodes; each node waits for all nodes of the layer before."""
    names = [[f"n{layer}x{index}" for index in range(width)] for layer in range(layers)]
    nodes = [Node(name, JOIN, {"list": []}) for name in names[0]]
    nodes += [Node(name, JOIN) for layer in names[1:] for name in layer]
    links = [
        link
        for before, layer in pairwise(names)
        for name in layer
        for link in _into_join(before, "is_empty", name)
    ]
    return _graph(nodes, links)


def fetches(width: int, address: str) -> Graph:
    """One node that hands out the address, `width` requests side by side, and a join."""
    branches = [f"n{index}" for index in range(width)]
    links = [("first", "output", branch, "url") for branch in branches]
    nodes = [
        _step("first", address),
        *(Node(branch, FETCH) for branch in branches),
        Node("join", JOIN),
    ]
    return _graph(nodes, [*links, *_into_join(branches, "status", "join")])


def fetch_chain(length: int, address: str) -> Graph:
    """Requests in a row; each answer is the address of the next one."""
    links = [(f"n{index}", "response", f"n{index + 1}", "url") for index in range(length - 1)]
    nodes = [Node("n0", FETCH, {"url": address})]
    return _graph([*nodes, *(Node(f"n{index}", FETCH) for index in range(1, length))], links)


def _step(name: str, text: str = "go") -> Node:
    return Node(name, STEP, {"text": text, "old": "a", "new": "a"})


def _into_join(sources: Iterable[str], pin: str, sink: str) -> list[tuple[str, str, str, str]]:
    return [(source, pin, sink, f"list_$_{index}") for index, source in enumerate(sources)]


def _graph(nodes: Iterable[Node], links: Iterable[tuple[str, str, str, str]]) -> Graph:
    return Graph(
        nodes={node.id: node for node in nodes},
        links=tuple(Link(str(index), *ends) for index, ends in enumerate(links)),
    )
