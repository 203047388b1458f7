"""Places nodes that nobody has placed: in columns, so that links lead to the right where they can."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from graphs import spec

COLUMN_WIDTH = 320
GAP = 32  # between two nodes of a column

Point = tuple[float, float]


def arrange(graph: spec.Graph, heights: Mapping[str, float], *, top: float = 0) -> dict[str, Point]:
    """Places for the nodes in `heights`, below `top`; links to and from others do not count."""
    successors = _successors(graph, heights)
    columns = _columns(_ranks(successors), successors)
    sizes = [sum(heights[node] + GAP for node in column) - GAP for column in columns]
    tallest = max(sizes, default=0)
    places = {}
    for index, column in enumerate(columns):
        y = top + (tallest - sizes[index]) / 2
        for node in column:
            places[node] = (float(index * COLUMN_WIDTH), y)
            y += heights[node] + GAP
    return places


def _successors(graph: spec.Graph, nodes: Iterable[str]) -> dict[str, list[str]]:
    known = dict.fromkeys(nodes)
    return {
        node: list(
            dict.fromkeys(
                link.sink_id
                for link in graph.out_of(node)
                if link.sink_id in known and link.sink_id != node
            )
        )
        for node in known
    }


def _ranks(successors: Mapping[str, list[str]]) -> dict[str, int]:
    """The column of every node: one more than the last of those that lead to it; links back do not count."""
    ranks = dict.fromkeys(successors, 0)
    place = {node: index for index, node in enumerate(_order(successors))}
    for node in place:
        for target in successors[node]:
            if place[target] > place[node]:
                ranks[target] = max(ranks[target], ranks[node] + 1)
    return ranks


def _order(successors: Mapping[str, list[str]]) -> list[str]:
    """Every node after those that lead to it. Where only loops are left, the first node of one is next."""
    missing = Counter(target for targets in successors.values() for target in targets)
    order: dict[str, None] = {}
    ready = [node for node in successors if not missing[node]]
    rest = iter(successors)
    while len(order) < len(successors):
        node = ready.pop() if ready else next(each for each in rest if each not in order)
        order[node] = None
        for target in successors[node]:
            missing[target] -= 1
            if not missing[target] and target not in order:
                ready.append(target)
    return list(order)


def _columns(ranks: Mapping[str, int], successors: Mapping[str, list[str]]) -> list[list[str]]:
    """The nodes column by column, each near the middle of those that lead to it."""
    before: defaultdict[str, list[str]] = defaultdict(list)
    for node, targets in successors.items():
        for target in targets:
            before[target].append(node)
    columns: list[list[str]] = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    for node in successors:
        columns[ranks[node]].append(node)
    height: dict[str, float] = {}
    for column in columns:
        middle = {
            node: _mean([height[each] for each in before[node] if each in height])
            for node in column
        }
        column.sort(key=middle.__getitem__)
        height |= {node: index - len(column) / 2 for index, node in enumerate(column)}
    return columns


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
