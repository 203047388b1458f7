"""What can be told of a drawing before it runs: its shape, what is better split, how long it takes and what it costs."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graphs import spec
from graphs.sentences import Sentence

MANY_NODES = 50
DEEP = 10  # nodes on the longest path
MANY_SOURCES = 4  # nodes that one node waits for


@dataclass(frozen=True, slots=True)
class Usual:
    """What a node usually takes in one run: seconds (in half of all runs, and in nine of ten, at most), and credits."""

    seconds: float = 0.0
    cost: int = 0
    slow_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Analysis:
    """The shape of a drawing; nodes are named by their ids. Nodes that loop count as one step."""

    node_count: int
    link_count: int
    batches: Sequence[Sequence[str]]  # what can run at the same time, step by step
    cycles: Sequence[Sequence[str]]
    bottlenecks: Sequence[str]
    suggestions: Sequence[str]
    critical_path: Sequence[str]
    seconds: float  # of the critical path
    slow_seconds: float  # of the same path, when it goes slowly
    total_seconds: float
    cost: int

    @property
    def depth(self) -> int:
        """How many steps the longest way has."""
        return len(self.batches)

    @property
    def parallel_branches(self) -> int:
        """The most nodes that can run at the same time."""
        return max((len(batch) for batch in self.batches), default=0)


def analyse(graph: spec.Graph, usual: Mapping[str, Usual]) -> Analysis:
    """`usual` has the nodes that run, in any order; others, such as notes, do not count."""
    sources = {id_: _sources(graph, id_, usual) for id_ in graph.nodes if id_ in usual}
    groups = _groups(sources)
    batches = _batches(groups, sources)
    path = _critical_path(groups, sources, usual)
    bottlenecks = [id_ for id_, each in sources.items() if len(each) >= MANY_SOURCES]
    return Analysis(
        node_count=len(sources),
        link_count=len(graph.links),
        batches=batches,
        cycles=[group for group in groups if len(group) > 1 or group[0] in sources[group[0]]],
        bottlenecks=bottlenecks,
        suggestions=[*_suggestions(graph, len(sources), len(batches), bottlenecks)],
        critical_path=path,
        seconds=sum(usual[id_].seconds for id_ in path),
        slow_seconds=_slow_seconds([usual[id_] for id_ in path]),
        total_seconds=sum(usual[id_].seconds for id_ in sources),
        cost=sum(usual[id_].cost for id_ in sources),
    )


def _sources(graph: spec.Graph, node_id: str, usual: Mapping[str, Usual]) -> set[str]:
    return {link.source_id for link in graph.into(node_id) if link.source_id in usual}


def _groups(sources: Mapping[str, set[str]]) -> list[list[str]]:
    """Nodes that lead to one another are a group; a group comes after those that lead to it (Tarjan, without recursion)."""
    groups: list[list[str]] = []
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    for root in sources:
        todo = [(root, iter(sources[root]))] if root not in index else []
        while todo:
            node, rest = todo[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                path.append(node)
                on_path.add(node)
            step = next((each for each in rest if each not in index or each in on_path), None)
            if step is not None and step not in index:
                todo.append((step, iter(sources[step])))
            elif step is not None:
                low[node] = min(low[node], index[step])
            else:
                todo.pop()
                if todo:
                    low[todo[-1][0]] = min(low[todo[-1][0]], low[node])
                if low[node] == index[node]:
                    groups.append(_cut(path, on_path, node))
    return groups


def _cut(path: list[str], on_path: set[str], node: str) -> list[str]:
    """The end of the path from `node` on, which leaves it."""
    start = path.index(node)
    group = path[start:]
    del path[start:]
    on_path.difference_update(group)
    return group


def _batches(groups: Sequence[Sequence[str]], sources: Mapping[str, set[str]]) -> list[list[str]]:
    batches: list[list[str]] = []
    step_of: dict[str, int] = {}
    for group in groups:
        before = {source for id_ in group for source in sources[id_]} - set(group)
        step = max((step_of[each] + 1 for each in before), default=0)
        step_of |= dict.fromkeys(group, step)
        if step == len(batches):
            batches.append([])
        batches[step] += group
    return batches


def _critical_path(
    groups: Sequence[Sequence[str]], sources: Mapping[str, set[str]], usual: Mapping[str, Usual]
) -> list[str]:
    """The nodes of the way that takes longest; of ways that take as long, the one with more steps."""
    group_of = {id_: number for number, group in enumerate(groups) for id_ in group}
    longest: list[tuple[float, int, int]] = []  # of each group: seconds, steps, the group before
    for number, group in enumerate(groups):
        before = {group_of[source] for id_ in group for source in sources[id_]} - {number}
        seconds, steps, last = max(
            ((*longest[each][:2], each) for each in before), default=(0.0, 0, -1)
        )
        own = sum(usual[id_].seconds for id_ in group)
        longest.append((seconds + own, steps + 1, last))
    number = max(range(len(groups)), key=lambda each: longest[each][:2], default=-1)
    path: list[Sequence[str]] = []
    while number >= 0:
        path.append(groups[number])
        number = longest[number][2]
    return [id_ for group in reversed(path) for id_ in group]


def _slow_seconds(path: Sequence[Usual]) -> float:
    """Not all of them are slow at once: what they take above their usual time counts as independent of one another."""
    beyond = math.hypot(*(each.slow_seconds - each.seconds for each in path))
    return sum(each.seconds for each in path) + beyond


def _suggestions(
    graph: spec.Graph, nodes: int, depth: int, bottlenecks: Sequence[str]
) -> Iterator[str]:
    if nodes > MANY_NODES:
        yield Sentence(
            "{n} nodes are many: put parts of the graph into graphs of their own", n=nodes
        )
    if depth > DEEP:
        yield Sentence(
            "{n} steps follow one another: let what does not depend on the rest run beside it",
            n=depth,
        )
    for id_ in bottlenecks:
        title = graph.nodes[id_].title
        yield Sentence(
            "{title} waits for many nodes: everything after it is as slow as the slowest of them",
            title=title,
        )
