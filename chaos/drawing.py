"""Generated graphs: pieces of many kinds in a row, with effects in them, decided by a seed alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

from graphs.spec import Graph, Link, Node

STEP, IDEMPOTENT, AT_MOST_ONCE, PAID = (
    "step_in_chaos",
    "chaos_idempotent",
    "chaos_at_most_once",
    "chaos_paid",
)
APPROVAL = "human_in_the_loop_block"
EFFECTS = [IDEMPOTENT, IDEMPOTENT, AT_MOST_ONCE, PAID]
Place = tuple[str, str]  # a node and one of its output pins


@dataclass
class Pen:
    """Draws one graph; `children` are graphs that it may run."""

    random: Random
    sink: str
    children: Sequence[str] = ()
    nodes: dict[str, Node] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)

    def node(
        self,
        block_id: str,
        pin: str,
        *sources: Place,
        metadata: dict[str, Any] | None = None,
        **defaults: Any,
    ) -> str:
        """A node whose pin is fed by any of these places."""
        id_ = f"n{len(self.nodes)}"
        self.nodes[id_] = Node(id_, block_id, defaults, metadata or {})
        for source in sources:
            self.link(source, id_, pin)
        return id_

    def link(self, source: Place, sink_id: str, pin: str) -> None:
        self.links.append(Link(f"l{len(self.links)}", *source, sink_id, pin))

    def begin(self) -> Place:
        """What the run is given as `value`."""
        return self.step((self.node("input_block", "", name="value"), "result"))

    def step(self, *sources: Place, **defaults: Any) -> Place:
        """Passes a value on, or sends one of its own."""
        return self.node(STEP, "value", *sources, **defaults), "value"

    def effect(
        self, at: Place, block_id: str, metadata: dict[str, Any] | None = None, **wanted: int
    ) -> Place:
        """Tells the sink, which does as `wanted` says, and passes the value on."""
        url = f"{self.sink}/{len(self.nodes)}?{urlencode(wanted)}"
        return self.node(block_id, "value", at, metadata=metadata, url=url), "value"

    def join(self, places: Sequence[Place]) -> Place:
        """Waits for all of them."""
        join = self.node(STEP, "all_$_0")
        for number, place in enumerate(places):
            self.link(place, join, f"all_$_{number}")
        return join, "value"

    def graph(self, on_error: str) -> Graph:
        return Graph(self.nodes, tuple(self.links), {"on_error": on_error})


def draw(random: Random, sink: str, children: Sequence[str] = ()) -> Graph:
    """A graph that takes `value`, does something with it, and gives `result`."""
    pen = Pen(random, sink, children)
    at = pen.begin()
    for _ in range(random.randint(1, 3)):
        piece = random.choice(PIECES if children else PIECES_OF_CHILDREN)
        at = piece(pen, at)
    pen.node("output_block", "value", at, name="result")
    return pen.graph(random.choice(["fail", "fail", "continue", "stop"]))


def asks_people(graph: Graph) -> bool:
    """Whether a run of it may wait for a person."""
    return any(node.block_id == APPROVAL for node in graph.nodes.values())


def _work(pen: Pen, at: Place) -> Place:
    """One node: often pure, else with an effect."""
    if pen.random.random() < 0.5:
        return pen.step(at)
    if pen.random.random() < 0.2:
        return _retry(pen, at)
    return pen.effect(
        at, pen.random.choice(EFFECTS), ms=pen.random.choice([0, 20, 200, 1_000, 2_500])
    )


def _chain(pen: Pen, at: Place) -> Place:
    for _ in range(pen.random.randint(2, 8)):
        at = _work(pen, at)
    return at


def _fan(pen: Pen, at: Place) -> Place:
    return pen.join([_work(pen, at) for _ in range(pen.random.randint(2, 8))])


def _lattice(pen: Pen, at: Place) -> Place:
    width = pen.random.randint(2, 4)
    places = [pen.step(at) for _ in range(width)]
    for _ in range(pen.random.randint(1, 3)):
        places = [_work(pen, pen.join(places)) for _ in range(width)]
    return pen.join(places)


def _branch(pen: Pen, at: Place) -> Place:
    fork = pen.node(
        "condition_block",
        "value1",
        at,
        operator=pen.random.choice(["==", "!="]),
        value2="never",
        no_value="no",
    )
    return pen.step(_work(pen, (fork, "yes_output")), _work(pen, (fork, "no_output")))


def _loop(pen: Pen, at: Place) -> Place:
    """Counts to a few, with work in each round."""
    zero = pen.step(at, becomes=0)
    add = pen.node("calculator_block", "a", zero, operation="Add", b=1)
    test = pen.node(
        "condition_block",
        "value1",
        (add, "result"),
        operator="<",
        value2=pen.random.randint(2, 5),
        no_value="done",
    )
    pen.link(_work(pen, (test, "yes_output")), add, "a")
    return test, "no_output"


def _each(pen: Pen, at: Place) -> Place:
    items = pen.step(at, becomes=list(range(pen.random.randint(0, 6))))
    each = pen.node("for_each_block", "items", items)
    return pen.node("collect_block", "item", _work(pen, (each, "item"))), "list"


def _child(pen: Pen, at: Place) -> Place:
    child = pen.random.choice(pen.children)
    return pen.node("agent_executor_block", "value", at, graph_id=child), "result"


def _retry(pen: Pen, at: Place) -> Place:
    retry = {"count": 4, "base": 0.2, "factor": 1.5}
    return pen.effect(at, IDEMPOTENT, metadata={"retry": retry}, refuse=pen.random.randint(1, 2))


def _slow(pen: Pen, at: Place) -> Place:
    return pen.effect(at, pen.random.choice(EFFECTS), ms=pen.random.randint(1_000, 4_000))


def _wait(pen: Pen, at: Place) -> Place:
    return pen.node("wait_block", "value", at, seconds=pen.random.uniform(0.1, 3)), "value"


def _approval(pen: Pen, at: Place) -> Place:
    """Answered by a person, or by its deadline."""
    deadline = pen.random.choice([None, 2.0])
    id_ = pen.node(APPROVAL, "data", at, name="Go on?", deadline=deadline, default="approve")
    return pen.step((id_, "approved_data"), (id_, "rejected_data"))


def _handled_failure(pen: Pen, at: Place) -> Place:
    place = pen.effect(at, pen.random.choice(EFFECTS), fail=1)
    return pen.step(place, (place[0], "error"))


def _failure(pen: Pen, at: Place) -> Place:
    """Nobody handles it; what comes after never runs."""
    lost = pen.effect(at, pen.random.choice(EFFECTS), fail=int(pen.random.random() < 0.3))
    return pen.step(lost)


Piece = Callable[[Pen, Place], Place]
PIECES_OF_CHILDREN: list[Piece] = [_chain, _fan, _branch, _wait, _failure]
PIECES: list[Piece] = [
    *(_chain, _fan, _lattice, _branch, _loop, _each, _child, _retry, _slow, _wait, _approval),
    *(_handled_failure, _failure, _chain, _fan, _each, _child),
]
