"""The critical path of a run: the firings that it could not have ended earlier without."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """When one firing of a node was at work."""

    node_id: str
    started_at: datetime
    ended_at: datetime

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended_at - self.started_at).total_seconds()


def critical_path(
    stretches: Sequence[Stretch], before: Mapping[str, Collection[str]]
) -> list[Stretch]:
    """The chain of firings that leads to the end, the earliest first.

    `before` names the nodes whose links lead to a node. From the firing that ended last it goes back, each time to
    the one that ended last among those that could have been waited for.
    """
    if not stretches:
        return []
    of_node: defaultdict[str, list[Stretch]] = defaultdict(list)
    for stretch in stretches:
        of_node[stretch.node_id].append(stretch)
    path = [max(stretches, key=lambda each: (each.ended_at, each.started_at))]
    while waited_for := _latest_before(path[-1], of_node, before):
        path.append(waited_for)
    return path[::-1]


def _latest_before(
    stretch: Stretch, of_node: Mapping[str, list[Stretch]], before: Mapping[str, Collection[str]]
) -> Stretch | None:
    ended = [
        each
        for node_id in before.get(stretch.node_id, ())
        for each in of_node.get(node_id, ())
        # Strictly earlier, so that the way back comes to an end.
        if each.ended_at <= stretch.started_at and each.started_at < stretch.started_at
    ]
    return max(ended, key=lambda each: each.ended_at, default=None)
