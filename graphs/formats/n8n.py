"""Workflow files of n8n: the common nodes, as well as their parts can be told apart; others become placeholders.

n8n hands lists of items from node to node; here the data of one item goes along the links, and a loop (*Loop over
items*) is a *For each* with a *Collect*. What could not be taken over is told in remarks.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from graphs import spec
from graphs.formats.bundle import MAX_NAME, About, Bundle, FormatError, Remark, Sheet
from graphs.formats.n8n_nodes import aside, part_of
from graphs.formats.n8n_sketch import Part, Sketch, Source
from graphs.formats.shapes import items, mapping, rows
from graphs.sentences import Sentence

Wire = tuple[str, int, str]  # from a node, its output, to a node


def is_one(data: Mapping[str, Any]) -> bool:
    """Whether a file looks like one of these."""
    return isinstance(data.get("connections"), Mapping) and isinstance(data.get("nodes"), list)


def read(data: Mapping[str, Any]) -> Bundle:
    """What the file holds. Raises `FormatError`."""
    sketch = Sketch()
    sources = list(_named_apart(sketch, [_source(each) for each in data["nodes"]]))
    if not sources:
        raise FormatError(Sentence("The workflow has no nodes"))
    wires = list(_wires(data["connections"]))
    live = _live(sources, wires)
    parts = {
        source.name: part_of(sketch, source) if source.name in live else aside(sketch, source)
        for source in sources
    }
    for wire in wires:
        _connect(sketch, parts, wire, wires)
    _tell_of_others(sketch, data["connections"])
    drawing = spec.Graph(sketch.nodes, tuple(sketch.links), {})
    name = str(data.get("name") or "Imported workflow")
    return Bundle(Sheet(name[:MAX_NAME], "", drawing), (), tuple(sketch.remarks))


def _named_apart(sketch: Sketch, sources: Sequence[Source]) -> Iterator[Source]:
    """With a name for each. Links go by names, so they are those of the first of a name."""
    taken = {source.name for source in sources}
    others: dict[str, Iterator[str]] = {}  # by name, those for the next nodes of that name
    for source in sources:
        name = source.name
        if name in others:
            name = next(each for each in others[name] if each not in taken)
            taken.add(name)
            text = Sentence("another node has its name; links keep to that")
            sketch.remark(About.CHANGED, name, text)
        others[name] = _numbered(name)
        yield dataclasses.replace(source, name=name)


def _numbered(name: str) -> Iterator[str]:
    return (f"{name} {number}" for number in count(2))


def _source(data: Any) -> Source:
    if not isinstance(data, Mapping) or not data.get("name") or not data.get("type"):
        raise FormatError(Sentence("A node of the workflow has no name or no type"))
    version = data.get("typeVersion")
    return Source(
        str(data["name"]),
        str(data["type"]).rpartition(".")[2],
        mapping(data.get("parameters")),
        _position(data.get("position")),
        version if isinstance(version, int | float) else 1,
        is_disabled=data.get("disabled") is True,
    )


def _position(given: Any) -> tuple[float, float]:
    match given:
        case [int() | float() as x, int() | float() as y]:
            return x, y
        case _:
            return 0, 0


def _wires(connections: Mapping[str, Any]) -> Iterator[Wire]:
    for name, kinds in connections.items():
        for number, targets in enumerate(items(mapping(kinds).get("main"))):
            for target in rows(targets):
                yield name, number, str(target.get("node"))


def _live(sources: Iterable[Source], wires: Iterable[Wire]) -> set[str]:
    """The nodes that run there: those that links lead to from a trigger; of a part without one, all."""
    todo = [source.name for source in sources if source.is_trigger]
    if not todo:
        return {source.name for source in sources}
    sinks: defaultdict[str, list[str]] = defaultdict(list)
    for start, _, sink in wires:
        sinks[start].append(sink)
    found: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += sinks[name]
    return found


def _connect(sketch: Sketch, parts: Mapping[str, Part], wire: Wire, wires: list[Wire]) -> None:
    name, number, target = wire
    start, part = parts.get(name), parts.get(target)
    out = start.exits.get(number) if start else None
    if out is None or part is None:
        text = Sentence("The link from {name} to {target} is left out", name=name, target=target)
        sketch.remarks.append(Remark(About.CHANGED, "", text))
    elif part.returns and name in _body_of(target, part.body, wires):
        sketch.link(out, part.returns)
    else:
        for entry in part.entries:
            sketch.link(out, entry)


def _body_of(loop: str, output: int, wires: list[Wire]) -> set[str]:
    """The nodes that a loop leads to before it is reached again."""
    found: set[str] = set()
    todo = [sink for source, number, sink in wires if (source, number) == (loop, output)]
    while todo:
        name = todo.pop()
        if name not in found and name != loop:
            found.add(name)
            todo += [sink for source, _, sink in wires if source == name]
    return found


def _tell_of_others(sketch: Sketch, connections: Mapping[str, Any]) -> None:
    for name, kinds in connections.items():
        others = sorted(set(mapping(kinds)) - {"main"})
        if others:
            text = Sentence(
                "{name}: its links of the kind {kinds} are left out",
                name=name,
                kinds=", ".join(others),
            )
            node_id = name if name in sketch.nodes else ""
            sketch.remarks.append(Remark(About.CHANGED, node_id, text))
