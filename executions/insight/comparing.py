"""Two runs side by side: what they were given, what they gave, and how their nodes fared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Sum

from executions import plans, results
from executions.insight import overview
from executions.models import Execution

MAX_NODES = 500
OTHERS = 25


@dataclass(frozen=True, slots=True)
class Pair:
    """The same thing of both runs; None where a run has none."""

    name: str
    left: Any
    right: Any

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return bool(self.left == self.right)


@dataclass(frozen=True, slots=True)
class NodeSum:
    """All firings of a node in one run."""

    status: str
    label: str
    firings: int
    seconds: float
    cost: int


@dataclass(frozen=True, slots=True)
class NodePair:
    """How one node fared in both runs, and whether it sent the same in the end."""

    node_id: str
    title: str
    left: NodeSum | None
    right: NodeSum | None
    sent: Pair

    @property
    def is_same(self) -> bool:
        """Whether it ended alike and sent the same, however long it took."""
        statuses = (self.left and self.left.status, self.right and self.right.status)
        return statuses[0] == statuses[1] and self.sent.is_same


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the page shows."""

    left: Execution
    right: Execution
    inputs: Sequence[Pair]
    outputs: Sequence[Pair]
    nodes: Sequence[NodePair]

    @property
    def differing(self) -> int:
        """How many nodes fared differently."""
        return sum(not each.is_same for each in self.nodes)


@dataclass(frozen=True, slots=True)
class Choice:
    """The runs that one can be compared with, and the one that is."""

    others: Sequence[Execution]
    chosen: Execution | None


def choice_for(execution: Execution, wanted: UUID | None) -> Choice:
    """The newest other runs of its graph; unless one is wanted, the one before it is chosen.

    Raises `DoesNotExist` for a run that is not its owner's.
    """
    runs = Execution.objects.owned_by(execution.user).for_lists().newest_first()
    others = runs.filter(graph=execution.graph_id).exclude(pk=execution.pk)
    if wanted:
        return Choice(list(others[:OTHERS]), runs.get(pk=wanted))
    before = others.filter(created_at__lt=execution.created_at).first()
    return Choice(list(others[:OTHERS]), before or others.first())


def compare(left: Execution, right: Execution) -> Comparison:
    """Look at both (a handful of queries each)."""
    return Comparison(
        left,
        right,
        inputs=_pairs(overview.shown_inputs(left), overview.shown_inputs(right)),
        outputs=_pairs(_outputs(left), _outputs(right)),
        nodes=_node_pairs(left, right),
    )


def _outputs(execution: Execution) -> dict[str, Any]:
    """By name; a single value without the list around it."""
    outputs = results.outputs_of(execution)
    return {name: each[0] if len(each) == 1 else each for name, each in outputs.items()}


def _pairs(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[Pair]:
    names = dict.fromkeys([*left, *right])
    return [Pair(name, left.get(name), right.get(name)) for name in names]


def _node_pairs(left: Execution, right: Execution) -> list[NodePair]:
    titles = {
        **overview.titles_of(plans.graph_of_version(right.version_id)),
        **overview.titles_of(plans.graph_of_version(left.version_id)),
    }
    sums, sent = (_sums(left), _sums(right)), (_sent(left), _sent(right))
    ids = [each for each in titles if each in sums[0] or each in sums[1]][:MAX_NODES]
    return [
        NodePair(
            node_id,
            titles[node_id],
            sums[0].get(node_id),
            sums[1].get(node_id),
            Pair(node_id, sent[0].get(node_id), sent[1].get(node_id)),
        )
        for node_id in ids
    ]


def _sums(execution: Execution) -> dict[str, NodeSum]:
    took = Sum(F("ended_at") - F("started_at"))
    rows = execution.node_executions.order_by().values("node_id")
    sums = {
        each["node_id"]: each for each in rows.annotate(n=Count("pk"), took=took, paid=Sum("cost"))
    }
    return {
        state.node_id: NodeSum(
            state.status,
            state.label,
            state.count,
            sums[state.node_id]["took"].total_seconds() if sums[state.node_id]["took"] else 0.0,
            sums[state.node_id]["paid"],
        )
        for state in overview.states_of(execution)
    }


def _sent(execution: Execution) -> dict[str, Any]:
    """What the last firing of each node sent."""
    ended = execution.node_executions.exclude(ended_at=None).order_by("node_id", "-position")
    newest = ended.distinct("node_id").values_list("node_id", "outputs")[:MAX_NODES]
    return {node_id: list(outputs) for node_id, outputs in newest}
