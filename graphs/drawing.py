"""A graph as pages draw it: cards with pins, and the wires between them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from blocks import catalogue, registry
from blocks.base import ERROR_PIN, Kind
from blocks.registry import AnyBlock
from blocks.values import as_text
from graphs import layout, pins, spec
from graphs.layout import Point
from graphs.validation import Find

MAX_DRAWN = 1_000  # cards; more would take a browser too long
_WIDTH, _HEAD_HEIGHT, _ROW_HEIGHT = 240, 56, 24  # as in graph-view.css; links measure the page
_WIDEST = 1_700  # at the smallest scale of `fit` in geometry.js this fills the page of a graph
_FARTHEST = 1_000_000
# What describes an input or output for its form is shown in the panel only.
_FORM_PINS = frozenset(
    {"title", "description", "advanced", "secret", "options", "placeholder_values"}
)
HIDDEN = "•••"  # instead of what is secret


@dataclass(frozen=True, slots=True)
class CardPin:
    """A pin as a row of a card."""

    name: str
    kind: str
    is_linked: bool
    value: str = ""  # what is set on the node, shortened


@dataclass(frozen=True, slots=True)
class Card:
    """A node as it is drawn."""

    node: spec.Node
    block: AnyBlock | None
    inputs: tuple[CardPin, ...]
    outputs: tuple[CardPin, ...]
    problems: tuple[str, ...] = ()
    x: float = 0.0
    y: float = 0.0

    @property
    def height(self) -> float:
        """An estimate in pixels."""
        return _HEAD_HEIGHT + _ROW_HEIGHT * (len(self.inputs) + len(self.outputs))


@dataclass(frozen=True, slots=True)
class Wire:
    """A link, with the kind of what it carries and the titles of its ends."""

    link: spec.Link
    kind: str
    source_title: str
    sink_title: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that the page needs; without cards when there are too many."""

    cards: tuple[Card, ...]
    wires: tuple[Wire, ...]
    node_count: int

    @property
    def room(self) -> tuple[int, int]:
        """Width and height of the place that pages keep for it, in pixels at full size."""
        xs, ys = [card.x for card in self.cards], [card.y for card in self.cards]
        bottom = max((card.y + card.height for card in self.cards), default=0)
        width = max(xs, default=0) + _WIDTH - min(xs, default=0)
        return min(round(width), _WIDEST), round(bottom - min(ys, default=0))

    @property
    def is_too_large(self) -> bool:
        """Whether only the outline is shown."""
        return self.node_count > MAX_DRAWN


def draw(
    graph: spec.Graph,
    *,
    problems: Mapping[str, tuple[str, ...]] | None = None,
    find: Find = registry.find,
) -> Drawing:
    """Lay the graph out. Nodes keep their places; those without one are put below the others."""
    if len(graph.nodes) > MAX_DRAWN:
        return Drawing((), (), len(graph.nodes))
    cards = {
        node.id: _card(graph, node, find(node.block_id), (problems or {}).get(node.id, ()))
        for node in graph.nodes.values()
    }
    places = _places(graph, cards)
    placed = tuple(
        Card(c.node, c.block, c.inputs, c.outputs, c.problems, *places[c.node.id])
        for c in cards.values()
    )
    return Drawing(placed, tuple(_wires(graph, cards)), len(graph.nodes))


def _card(
    graph: spec.Graph, node: spec.Node, block: AnyBlock | None, problems: tuple[str, ...]
) -> Card:
    inputs = dict.fromkeys(link.sink_name for link in graph.into(node.id))
    outputs = dict.fromkeys(link.source_name for link in graph.out_of(node.id))
    return Card(
        node=node,
        block=block,
        inputs=tuple(_input_rows(node, block, inputs)),
        outputs=tuple(_output_rows(block, outputs)),
        problems=problems,
    )


def _input_rows(
    node: spec.Node, block: AnyBlock | None, linked: Mapping[str, None]
) -> Iterator[CardPin]:
    """The pins that matter here: linked, set on the node, or required."""
    known = catalogue.input_pins(block) if block else {}
    own = {pins.parse(name)[0] for name in linked}
    hidden = _FORM_PINS if block and block.kind in {Kind.INPUT, Kind.OUTPUT} else frozenset()
    for name, pin in known.items():
        if name in hidden and name not in linked:
            continue
        given = node.input_default.get(name)
        if name in linked or given not in (None, "") or (pin.is_required and name not in own):
            yield CardPin(name, pin.kind, name in linked, shown_default(node, name))
    for name in linked:
        if name not in known:
            yield CardPin(name, "any", is_linked=True)


def _output_rows(block: AnyBlock | None, linked: Mapping[str, None]) -> Iterator[CardPin]:
    """The linked pins; where nothing is linked, all but `error`."""
    known = catalogue.output_pins(block) if block else {}
    for name, pin in known.items():
        if name in linked or (not linked and name != ERROR_PIN):
            yield CardPin(name, pin.kind, name in linked)
    for name in linked:
        if name not in known:
            yield CardPin(name, "any", is_linked=True)


def shown_default(node: spec.Node, name: str) -> str:
    """The beginning of what is set on the node; dots for what is secret."""
    given = node.input_default.get(name)
    if given in (None, ""):
        return ""
    return HIDDEN if is_secret(node, name) else as_text(given)[:60]


def is_secret(node: spec.Node, name: str) -> bool:
    """Whether pages must not show what is set on this pin."""
    return name == "value" and bool(node.input_default.get("secret"))


def _wires(graph: spec.Graph, cards: Mapping[str, Card]) -> Iterator[Wire]:
    for link in graph.links:
        source, sink = cards.get(link.source_id), cards.get(link.sink_id)
        if source and sink:
            kind = next((pin.kind for pin in source.outputs if pin.name == link.source_name), "any")
            yield Wire(link, kind, source.node.title, sink.node.title)


def _places(graph: spec.Graph, cards: Mapping[str, Card]) -> dict[str, Point]:
    places = {}
    for card in cards.values():
        place = place_of(card.node)
        if place is not None:
            places[card.node.id] = place
    bottom = max((places[id_][1] + cards[id_].height for id_ in places), default=0.0)
    missing = {id_: card.height for id_, card in cards.items() if id_ not in places}
    top = bottom + layout.GAP * 2 if places else 0.0
    return places | layout.arrange(graph, missing, top=top)


def place_of(node: spec.Node) -> Point | None:
    """Where its owner has put a node; None when nowhere, or when it makes no sense."""
    position: Any = node.metadata.get("position")
    if not isinstance(position, Mapping):
        return None
    x, y = _coordinate(position.get("x")), _coordinate(position.get("y"))
    return None if x is None or y is None else (x, y)


def _coordinate(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= _FARTHEST else None
