"""Random graphs for the engine's tests: what nodes do, how they are linked, and what is typed into them.

Draws are few and from short lists, simple things first: that is what makes hypothesis fast and its examples small.
"""

import itertools
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from hypothesis import strategies as st

from graphs import spec
from tests.engine.parts import BrokenError, Inputs, Part

MAX_NODES = 8
MAX_LINKS = 8
MAX_HOPS = 5  # values count the nodes that they came through and stop there, so that loops end
NODE_IDS = "abcdefgh"[:MAX_NODES]


@dataclass(frozen=True)
class Drawn:
    """A graph and the blocks of its nodes."""

    parts: dict[str, Part]
    graph: spec.Graph

    def __repr__(self) -> str:
        lines = [f"{id_}: {part}" for id_, part in self.parts.items()]
        return "\n".join(["", *lines, *(link.id for link in self.graph.links)])


@dataclass(frozen=True)
class Script:
    """What a block does: it picks one of its reactions by what it gets."""

    reactions: tuple[tuple[str, ...], ...]  # each a list of `pin:shape`

    def __call__(self, inputs: Inputs) -> Iterator[tuple[str, Any]]:
        hops = _hops(inputs) + 1
        for nth, step in enumerate(self.reactions[_hash(inputs) % len(self.reactions)]):
            pin, _, shape = step.partition(":")
            if shape == "breaks":
                raise BrokenError(f"{hops}00")
            if hops <= MAX_HOPS:
                yield pin, _SHAPES[shape](hops * 100 + nth)


_SHAPES: dict[str, Callable[[int], Any]] = {
    "number": lambda number: number,
    "list": lambda number: [number, None],
    "dictionary": lambda number: {"k": number, "l": [number + 10, number + 20], "m": {"n": number}},
    "null": lambda _number: None,
}


def _hash(inputs: Inputs) -> int:
    """A number that depends on the inputs alone."""
    return zlib.crc32(json.dumps(inputs, sort_keys=True).encode())


def _hops(value: Any) -> int:
    """How many nodes a value has come through."""
    match value:
        case dict():
            return max(map(_hops, value.values()), default=0)
        case list():
            return max(map(_hops, value), default=0)
        case None:
            return MAX_HOPS - 2  # it does not tell, so it counts as having come far
    return int(value) // 100 if str(value).isdecimal() else 0


REACTIONS: list[tuple[str, ...]] = [
    ("out:number", "two:number"),
    ("out:number", "out:number", "two:number"),
    ("two:number", "out:number"),
    ("out:dictionary", "two:dictionary", "out:number"),
    ("out:number", "two:null", "out:list"),
    ("two:dictionary", "two:number", "out:null"),
    ("out:number", "two:number", ":breaks"),
    ("two:number", "out:number", "error:number"),
    ("out:number",),
    ("out:list", "two:number", "unlinked:number"),
    ("two:number", "two:number"),
    (),
    (":breaks",),
]
SCRIPTS = [
    Script((REACTIONS[0],)),
    Script((REACTIONS[1],)),
    *(Script(pair) for pair in itertools.product(REACTIONS[:6], REACTIONS)),
    *(Script((REACTIONS[0], REACTIONS[1], each)) for each in REACTIONS),
]
KINDS = ["standard"] * 7 + ["input", "input", "note"]
SHAKY = [lambda _inputs: True, lambda inputs: _hash(inputs) % 2 == 0]
TRIES = [(0, 0, 0)] * 6 + [(1, 0, 0), (0, 1, 1), (0, 2, 2), (1, 2, 1)]  # waits, breakdowns, retries
DEFAULTS: list[dict[str, Any]] = [
    {},
    {"x": {"k": -1, "z": -2}, "w": "typed in"},
    {"y": [-3, -4, -5, -6]},
]

PLAIN = [("out", "x"), ("out", "y"), ("two", "x"), ("two", "y")]
SELECTING = ["out_#_k", "two_#_l_$_1", "two_$_0", "out_@_k", "two_$_5", "error"]
ASSEMBLING = ["x_#_k", "x_#_m_#_n", "y_$_0", "y_$_2", "y_$_1_#_q", "z_@_a"]
PINS = [
    *PLAIN * 12,
    *((name, pin) for name in SELECTING for pin in ("x", "y")),
    *((name, pin) for name in ("out", "two") for pin in ASSEMBLING),
]

nodes = st.builds(
    lambda script, is_pure, kind, tries, is_shaky, default: Part(
        script,
        is_pure=is_pure,
        kind=kind,
        waits=tries[0],
        flaky=tries[1],
        is_shaky=is_shaky,
        default=default,
        metadata={"retry": {"count": tries[2]}} if tries[1] else {},
    ),
    st.sampled_from(SCRIPTS),
    st.booleans(),
    st.sampled_from(KINDS),
    st.sampled_from(TRIES),
    st.sampled_from(SHAKY),
    st.sampled_from(DEFAULTS),
)
first_nodes = st.builds(
    lambda steps, is_pure: Part(Script((tuple(steps),)), is_pure=is_pure),
    st.lists(
        st.sampled_from(["out:number", "two:number", "out:dictionary", "two:list"]),
        min_size=2,
        max_size=5,
    ),
    st.booleans(),
)


ends = st.tuples(st.integers(0, MAX_NODES - 1), st.integers(0, MAX_NODES - 1))
links = st.tuples(ends, st.sampled_from(PINS), st.sampled_from([False, False, False, True]))
trees = st.lists(links, min_size=MAX_NODES - 1, max_size=MAX_NODES - 1)


@st.composite
def graphs(draw: st.DrawFn) -> Drawn:
    """Any graph: cycles, self links, several links into a pin, static ones, dynamic pins."""
    count = draw(st.integers(2, MAX_NODES))
    drawn = [draw(first_nodes), *draw(st.lists(nodes, min_size=count - 1, max_size=count - 1))]
    parts = dict(zip(NODE_IDS, drawn, strict=False))
    extra = draw(st.integers(0, MAX_LINKS))
    more = draw(st.lists(links, min_size=extra, max_size=extra))
    return _drawn(parts, _links(parts, draw(trees), more))


@st.composite
def fan_outs(draw: st.DrawFn) -> Drawn:
    """A graph in which some nodes are a for-each or a collect, wherever they stand."""
    drawn = draw(graphs())
    parts = {}
    for id_, part in drawn.parts.items():
        role = draw(st.sampled_from(["", "", "", "for each", "collect"]))
        if role == "for each" or (role and id_ == "a"):
            parts[id_] = replace(part, opens=frozenset({"out"}))
        elif role == "collect" and part.kind == "standard":
            parts[id_] = replace(part, collects="x")
        else:
            parts[id_] = part
    return Drawn(parts, drawn.graph)


ROLES: dict[str, dict[str, Any]] = {
    "": {},
    "for each": {"opens": frozenset({"out"})},
    "two by two": {"opens": frozenset({"out"}), "at_once": "limit"},
    "one by one": {"opens": frozenset({"out", "two"}), "at_once": "limit"},
    "collect": {"collects": "x"},
    "catch": {"collects": "x", "catches": True},
    "merge": {"gathers": "x"},
    "first": {"gathers": "y", "takes_first": True},
    "counter": {"counts": "w"},
}
LIMITS = {"two by two": 2, "one by one": 1}


@st.composite
def flows(draw: st.DrawFn) -> Drawn:
    """A graph in which nodes open and close scopes, merge and count, wherever they stand."""
    drawn = draw(graphs())
    parts = {}
    for id_, part in drawn.parts.items():
        role = draw(st.sampled_from([*ROLES, "", ""]))
        if part.kind != "standard" or (id_ == "a" and not ROLES[role].get("opens")):
            role = ""
        limit = {"limit": LIMITS[role]} if role in LIMITS else {}
        fallback = {"fallback": {"out": 100}} if draw(st.integers(0, 9)) == 9 else {}
        parts[id_] = replace(
            part,
            **ROLES[role],
            default={**part.default, **limit},
            metadata={**part.metadata, **fallback},
        )
    links = [link for link in drawn.graph.links if _may_lead_to(parts[link.sink_id], link)]
    return _drawn(parts, links)


def _may_lead_to(part: Part, link: spec.Link) -> bool:
    """Merges take links on one pin only."""
    return not part.gathers or link.sink_name.partition("_")[0] == part.gathers


@st.composite
def networks(draw: st.DrawFn) -> Drawn:
    """A graph whose result does not depend on who is faster: no static links, one source node for each pin."""
    drawn = draw(graphs())
    source_of: dict[tuple[str, str], str] = {}
    links = []
    for link in drawn.graph.links:
        source = source_of.setdefault((link.sink_id, link.sink_name), link.source_id)
        links.append(_link(source, link.source_name, link.sink_id, link.sink_name, is_static=False))
    return _drawn(drawn.parts, links)


def _links(parts: dict[str, Part], tree: list[Any], more: list[Any]) -> Iterator[spec.Link]:
    """A tree that grows from the first node, and links from anywhere to any other node."""
    ids = list(parts)
    for nth, ((source, _), pins, is_static) in enumerate(tree[: len(ids) - 1], start=1):
        yield _link(ids[source % nth], pins[0], ids[nth], pins[1], is_static=is_static)
    for (source, sink), pins, is_static in more:
        sink_id = ids[1 + sink % (len(ids) - 1)]
        yield _link(ids[source % len(ids)], pins[0], sink_id, pins[1], is_static=is_static)


def _link(source: str, source_pin: str, sink: str, sink_pin: str, *, is_static: bool) -> spec.Link:
    text = f"{source}.{source_pin} {'=>' if is_static else '->'} {sink}.{sink_pin}"
    return spec.Link(text, source, source_pin, sink, sink_pin, is_static)


def _drawn(parts: dict[str, Part], links: Iterable[spec.Link]) -> Drawn:
    drawn = {id_: spec.Node(id_, id_, part.default, part.metadata) for id_, part in parts.items()}
    return Drawn(parts, spec.Graph(drawn, tuple(links)))


seeds = st.integers(0, 2**16).map(Random)

# Values and pins

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)
names = st.text("abc ", min_size=1, max_size=3)
steps = st.tuples(st.sampled_from("#@"), names) | st.tuples(
    st.just("$"), st.integers(0, 5).map(str)
)
paths = st.lists(steps, max_size=3)
