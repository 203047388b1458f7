"""Places nodes that nobody has placed: in columns, so that links lead to the right where they can."""

from collections import defaultdict
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
    return {
        node: list(
            dict.fromkeys(
                link.sink_id
                for link in graph.out_of(node)
                if link.sink_id in graph.nodes and link.sink_id != node
            )
        )
        for node in nodes
    }


def _ranks(successors: Mapping[str, list[str]]) -> dict[str, int]:
    """The column of every node: one more than the last of those that lead to it.

    Where only a loop is left, its first node is taken next, as if nothing led back to it.
    """
    open_links = dict.fromkeys(successors, 0)
    for targets in successors.values():
        for target in targets:
            if target in open_links:
                open_links[target] += 1
    ranks: dict[str, int] = {}
    reached = dict.fromkeys(successors, 0)
    ready = [node for node, count in open_links.items() if not count]
    rest = iter(successors)
    while len(ranks) < len(successors):
        node = ready.pop() if ready else next(each for each in rest if each not in ranks)
        if node in ranks:
            continue
        ranks[node] = reached[node]
        for target in successors[node]:
            if target in open_links and target not in ranks:
                reached[target] = max(reached[target], ranks[node] + 1)
                open_links[target] -= 1
                if not open_links[target]:
                    ready.append(target)
    return ranks


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
