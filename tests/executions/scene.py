"""Test blocks whose behaviour a test decides, and short ways to draw and run a graph."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field

from accounts.models import User
from blocks.base import Block, BlockError, Effect, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register
from executions import services
from executions.models import Execution
from executions.workers import work
from graphs import services as graph_services
from graphs import spec
from graphs.models import GraphVersion

# What a test block does, by the node's `does`; the calls are counted, so a test can see what really ran.
behaviours: dict[str, Callable[[Any, Ports], Iterator[PinValue]]] = {}
calls: defaultdict[str, list[Any]] = defaultdict(list)


class _Input(Pins):
    does: str = Field(default="echo", description="The behaviour.")
    value: Any = Field(default=None, description="What it works on.")


class _Output(Pins):
    value: Any = Field(description="What it made of it.")


class _Scripted(Block[_Input]):
    description = "Does what a test says."
    category = "test"
    Input = _Input
    Output = _Output

    def run(self, data: _Input, ports: Ports) -> Iterator[PinValue]:
        calls[data.does].append(data.value)
        if data.does == "echo":
            yield "value", data.value
        elif data.does == "fail":
            raise BlockError("it cannot be done")
        elif data.does == "fail for now":
            raise BlockError("not yet", retryable=True)
        else:
            yield from behaviours[data.does](data.value, ports)


@register
class Pure(_Scripted):
    id, name = "test_pure", "Pure"


@register
class Idempotent(_Scripted):
    id, name, effect = "test_idempotent", "Idempotent", Effect.IDEMPOTENT


@register
class AtMostOnce(_Scripted):
    id, name, effect = "test_at_most_once", "At most once", Effect.AT_MOST_ONCE


@register
class Paid(_Scripted):
    id, name, effect, cost = "test_paid", "Paid", Effect.IDEMPOTENT, 5


def drawing(
    nodes: Mapping[str, tuple[str, Mapping[str, Any]]],
    links: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Mapping[str, Any]] | None = None,
) -> spec.Graph:
    """A graph from {id: (block id, defaults)} and links written as `a.pin -> b.pin`."""
    return spec.Graph(
        nodes={
            id_: spec.Node(id_, block_id, defaults, (metadata or {}).get(id_, {}))
            for id_, (block_id, defaults) in nodes.items()
        },
        links=tuple(_link(index, text) for index, text in enumerate(links)),
        settings=settings or {},
    )


def _link(index: int, text: str) -> spec.Link:
    source, sink = text.split(" -> ")
    source_id, source_name = source.split(".", 1)
    sink_id, sink_name = sink.split(".", 1)
    return spec.Link(str(index), source_id, source_name, sink_id, sink_name)


def save(owner: User, graph: spec.Graph) -> GraphVersion:
    """The graph's first version."""
    return graph_services.create_graph(owner=owner, name="Scene", drawing=graph)


def start(owner: User, graph: spec.Graph, **inputs: Any) -> Execution:
    """A run that has been accepted and not been worked on."""
    return services.start_execution(version=save(owner, graph), user=owner, inputs=inputs)


def run(owner: User, graph: spec.Graph, **inputs: Any) -> Execution:
    """A run that this thread has brought as far as it goes."""
    execution = start(owner, graph, **inputs)
    work.advance(execution.pk)
    work.fill_slots()
    execution.refresh_from_db()
    return execution


def statuses(execution: Execution) -> dict[str, list[str]]:
    """The statuses of a run's node executions, by node."""
    found: dict[str, list[str]] = {}
    for node in execution.node_executions.in_order():
        found.setdefault(node.node_id, []).append(node.status)
    return found
