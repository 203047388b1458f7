"""A drawing that is being made from a workflow of n8n."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from graphs import spec
from graphs.formats.bundle import PLACEHOLDER, About, Remark
from graphs.formats.n8n_expressions import Place, Plain, Template, Unknown, meaning_of
from graphs.sentences import Sentence

MAX_OUTPUTS = 8  # of a node that nobody here knows
_TRIGGERS = {"start", "cron", "interval", "webhook", "emailReadImap"}  # that do not say so
_BESIDE = 160  # pixels between a node and what belongs to it


@dataclass(frozen=True, slots=True)
class Source:
    """A node of the file; `type` is without the name of its package."""

    name: str
    type: str
    parameters: Mapping[str, Any]
    position: tuple[float, float]
    version: float
    is_disabled: bool = False

    @property
    def is_trigger(self) -> bool:
        """Whether runs begin with it there."""
        return self.type in _TRIGGERS or self.type.lower().endswith("trigger")


@dataclass(frozen=True, slots=True)
class End:
    """A pin of a node; on an entry, `selector` says which part of what comes in goes there."""

    node_id: str
    pin: str
    selector: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What a node has become: where what comes in goes, and by the number of an output where it comes out.

    `returns` is where links go that lead back from the body of a loop, which begins at the output `body`.
    """

    entries: tuple[End, ...]
    exits: Mapping[int, End]
    returns: End | None = None
    body: int = 0


@dataclass(slots=True)
class Sketch:
    """Nodes, links and remarks so far."""

    nodes: dict[str, spec.Node] = field(default_factory=dict)
    values: dict[str, spec.JSONDict] = field(default_factory=dict)
    links: list[spec.Link] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def add(self, source: Source, block_id: str, part: str = "", **values: Any) -> str:
        """Put a node in; returns its id. `part` tells apart what one node of the file has become."""
        id_ = self._free(f"{source.name} {part}".strip())
        x, y = source.position
        place = {"x": x + _BESIDE * bool(part), "y": y + _BESIDE * bool(part)}
        self.values[id_] = values
        self.nodes[id_] = spec.Node(
            id_, block_id, self.values[id_], {"title": id_, "position": place}
        )
        return id_

    def _free(self, id_: str) -> str:
        """The id, or one like it that no node has."""
        others = (f"{id_} {number}" for number in count(2))
        return next(each for each in chain([id_], others) if each not in self.nodes)

    def link(self, source: End, sink: End) -> None:
        """Draw a link; the sink's selector chooses from what the source sends."""
        ends = (source.node_id, source.pin + sink.selector, sink.node_id, sink.pin)
        self.links.append(spec.Link(f"link-{len(self.links) + 1}", *ends))

    def remark(self, about: About, node_id: str, sentence: str) -> None:
        """Say something about a node."""
        text = Sentence("{title}: {remark}", title=node_id, remark=sentence)
        self.remarks.append(Remark(about, node_id, text))

    def fill(self, source: Source, id_: str, **values: Any) -> tuple[End, ...]:
        """Give a node the values of parameters; returns the pins that get of what comes in."""
        entries = (self._entry(source, id_, pin, value) for pin, value in values.items())
        return tuple(entry for entry in entries if entry)

    def _entry(self, source: Source, id_: str, pin: str, value: Any) -> End | None:
        match meaning_of(value):
            case Plain(plain):
                self.put(id_, pin, plain)
            case Unknown(text):
                self.put(id_, pin, text)
                again = Sentence(
                    "write the expression of “{pin}” anew: {expression}", pin=pin, expression=text
                )
                self.remark(About.CONFIGURE, id_, again)
            case Place(selector):
                return End(id_, pin, selector)
            case Template(text):
                maker = self.add(source, "fill_text_template_block", f"text of {pin}", format=text)
                self.link(End(maker, "output"), End(id_, pin))
                return End(maker, "values_#_json")
        return None

    def put(self, id_: str, pin: str, value: Any) -> None:
        """A value for a pin, or for an entry of one."""
        base, _, key = pin.partition("_#_")
        if key:
            self.values[id_].setdefault(base, {})[key] = value
        else:
            self.values[id_][pin] = value


def placeholder(sketch: Sketch, source: Source) -> Part:
    """A node that nobody here knows, with its parameters."""
    id_ = sketch.add(source, PLACEHOLDER)
    sketch.values[id_].update({**source.parameters, "stands_for": source.type})
    text = Sentence("there is no block for {type} here", type=source.type)
    sketch.remark(About.PLACEHOLDER, id_, text)
    exits = {number: End(id_, f"output_{number}") for number in range(MAX_OUTPUTS)}
    return Part((End(id_, "input"),), exits)
