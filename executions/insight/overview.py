"""What the page of a run shows beside its row: nodes, progress, timeline, outputs, failures."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min
from django.utils import timezone

from executions import plans, results
from executions.engine.status import Status
from executions.insight import timeline
from executions.insight.timeline import Span, Timeline
from executions.models import Execution, NodeExecution, label_of
from graphs import interface, spec
from graphs.drawing import HIDDEN

MAX_SPANS = 3_000
MAX_FAILURES = 5
MAX_QUESTIONS = 5

# Which status a node shows when its firings differ: what goes on first, then what went wrong.
_WEIGHTS = (
    Status.RUNNING,
    Status.QUEUED,
    Status.WAITING,
    Status.FAILED,
    Status.COMPLETED,
    Status.CANCELLED,
    Status.SKIPPED,
    Status.INCOMPLETE,
)


@dataclass(frozen=True, slots=True)
class NodeState:
    """All firings of one node, as one status."""

    node_id: str
    status: Status
    count: int  # firings, without those that wait for inputs

    @property
    def label(self) -> str:
        """The status in words."""
        return label_of(self.status)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many node executions stand where."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Without those that wait for inputs: they may never run."""
        return sum(n for status, n in self.counts.items() if status != Status.INCOMPLETE)

    @property
    def ended(self) -> int:
        """Those that do nothing any more."""
        return sum(n for status, n in self.counts.items() if Status(status).is_final)

    @property
    def percent(self) -> int:
        """Of what is known so far; a running graph may find more to do."""
        return 100 * self.ended // self.total if self.total else 0


@dataclass(frozen=True, slots=True)
class TitledRow:
    """A node execution with the title of its node."""

    row: NodeExecution
    title: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that changes while the run goes on."""

    execution: Execution
    graph: spec.Graph
    states: Sequence[NodeState]
    progress: Progress
    timeline: Timeline
    outputs: Mapping[str, Sequence[Any]]
    failures: Sequence[TitledRow]
    questions: Sequence[TitledRow]  # nodes that wait for a person

    @property
    def output_count(self) -> int:
        """How many values there are so far."""
        return sum(len(values) for values in self.outputs.values())


def overview_of(execution: Execution) -> Overview:
    """Read it all: a handful of queries, however large the run."""
    graph = plans.graph_of_version(execution.version_id)
    counts = _counts(execution)
    by_status: Counter[str] = Counter()
    for _node_id, status, n in counts:
        by_status[status] += n
    states = _states(counts)
    return Overview(
        execution=execution,
        graph=graph,
        states=states,
        progress=Progress(by_status),
        timeline=_timeline(execution, graph, states),
        outputs=results.outputs_of(execution),
        failures=_failures(execution, graph) if by_status[Status.FAILED] else (),
        questions=_questions(execution, graph) if by_status[Status.WAITING] else (),
    )


def states_of(execution: Execution) -> list[NodeState]:
    """How each node stands (one query)."""
    return _states(_counts(execution))


def _counts(execution: Execution) -> list[tuple[str, str, int]]:
    rows = execution.node_executions.order_by().values_list("node_id", "status")
    return list(rows.annotate(n=Count("pk")))


def titles_of(graph: spec.Graph) -> dict[str, str]:
    """What pages call the nodes."""
    return {node.id: node.title for node in graph.nodes.values()}


def titled(rows: Iterable[NodeExecution], graph: spec.Graph) -> list[TitledRow]:
    """The rows with the titles of their nodes."""
    titles = titles_of(graph)
    return [TitledRow(row, titles.get(row.node_id, row.node_id)) for row in rows]


def shown_inputs(execution: Execution) -> dict[str, Any]:
    """The inputs of the run; dots for those that are secret."""
    schema = interface.input_schema(plans.graph_of_version(execution.version_id))
    secret = {name for name, each in schema["properties"].items() if each.get("secret")}
    return {name: HIDDEN if name in secret else value for name, value in execution.inputs.items()}


def _states(counts: Iterable[tuple[str, str, int]]) -> list[NodeState]:
    by_node: dict[str, Counter[str]] = {}
    for node_id, status, n in counts:
        by_node.setdefault(node_id, Counter())[status] += n
    return [
        NodeState(
            node_id,
            next(status for status in _WEIGHTS if found[status]),
            sum(found.values()) - found[Status.INCOMPLETE],
        )
        for node_id, found in by_node.items()
    ]


def _timeline(execution: Execution, graph: spec.Graph, states: Iterable[NodeState]) -> Timeline:
    """With the critical path, where each firing is a span of its own."""
    spans = _spans(execution, states)
    before = None
    if execution.node_count <= MAX_SPANS:
        before = {id_: {link.source_id for link in graph.into(id_)} for id_ in graph.nodes}
    return timeline.build(spans, timezone.now(), titles_of(graph), before)


def _spans(execution: Execution, states: Iterable[NodeState]) -> list[Span]:
    """The firings that have started; of a very large run one span a node."""
    started = execution.node_executions.exclude(started_at=None).order_by()
    if execution.node_count <= MAX_SPANS:
        rows = started.values_list("node_id", "status", "started_at", "ended_at")
        return [Span(node_id, status, start, end) for node_id, status, start, end in rows if start]
    merged = started.values_list("node_id").annotate(
        Min("started_at"), Max("ended_at"), Count("pk")
    )
    status_of = {state.node_id: state.status for state in states}
    return [Span(node_id, status_of[node_id], first, last, n) for node_id, first, last, n in merged]


def _failures(execution: Execution, graph: spec.Graph) -> list[TitledRow]:
    failed = execution.node_executions.filter(status=Status.FAILED).in_order()
    return titled(failed.defer("inputs", "outputs")[:MAX_FAILURES], graph)


def _questions(execution: Execution, graph: spec.Graph) -> list[TitledRow]:
    asked = execution.node_executions.all().asking()
    return titled(asked.in_order()[:MAX_QUESTIONS], graph)
