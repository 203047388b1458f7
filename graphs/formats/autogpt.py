"""Agent files of the AutoGPT platform, of 2024 to 2026, read unchanged, and written for its importer.

What is read: nodes with known blocks, their values and links; what has no place here is kept where it does no harm, and
told in a remark. Nodes without a block here become placeholders, which are written again as they were.
"""

import dataclasses
from collections.abc import Container, Iterator, Mapping, Set
from itertools import chain, count
from typing import Any

from blocks import registry
from blocks.credentials import asks_of
from graphs import spec, validation
from graphs.formats import autogpt_ids, autogpt_parts, choices
from graphs.formats.autogpt_titles import titled, untitled
from graphs.formats.bundle import (
    MAX_DESCRIPTION,
    MAX_NAME,
    PLACEHOLDER,
    RUN_GRAPH,
    About,
    Bundle,
    FormatError,
    Remark,
    Sheet,
)
from graphs.formats.secrets import bare
from graphs.formats.shapes import items, mapping, rows, text
from graphs.sentences import Sentence

DEAD_LINKS = "imported_links"  # in the metadata of a sink: links to or from pins that are not there
# There a run goes on whatever fails, so graphs are drawn for that.
_SETTINGS = {"on_error": "continue"}


def is_one(data: Mapping[str, Any]) -> bool:
    """Whether a file looks like one of these rather than one of ours."""
    nodes = rows(data.get("nodes"))
    marks = {"input_links", "output_links", "graph_version", "webhook_id"}
    return "settings" not in data and any(
        not marks.isdisjoint(node) or autogpt_ids.is_foreign(str(node.get("block_id")))
        for node in nodes
    )


def read(data: Mapping[str, Any]) -> Bundle:
    """What the file holds. Raises `FormatError` where it is no graph at all."""
    data = autogpt_parts.told_apart(data)
    parts = rows(data.get("sub_graphs"))
    remarks: list[Remark] = []
    keys = {str(part.get("id")) for part in parts} | {str(data.get("id"))}
    main = _sheet(data, keys, remarks)
    found = tuple(_sheet(part, keys, remarks) for part in parts)
    cron = data.get("recommended_schedule_cron")
    if cron:
        sentence = Sentence("A schedule is recommended: {cron}", cron=cron)
        remarks.append(Remark(About.CONFIGURE, "", sentence))
    return Bundle(main, found, tuple(remarks))


def _sheet(data: Mapping[str, Any], keys: Container[str], remarks: list[Remark]) -> Sheet:
    nodes: dict[str, spec.Node] = {}
    for index, each in enumerate(items(data.get("nodes"))):
        node = _node(each)
        if node.id in nodes:
            node = dataclasses.replace(node, id=_free(node.id, index, nodes))
            sentence = Sentence(
                "{title}: another node has its id; links keep to that", title=node.title
            )
            remarks.append(Remark(About.CHANGED, node.id, sentence))
        nodes[node.id] = node
        left_out = mapping(each.get("input_default")).keys() - node.input_default.keys()
        remarks.extend(_remarks_on(node, keys, left_out))
    if not nodes:
        raise FormatError(Sentence("The file has no nodes"))
    links, dead = _links(data, nodes, remarks)
    for sink_id, kept in dead.items():
        sink = nodes[sink_id]
        nodes[sink_id] = _with_metadata(sink, {DEAD_LINKS: kept})
    return Sheet(
        name=(text(data.get("name")) or "Imported agent")[:MAX_NAME],
        description=text(data.get("description"))[:MAX_DESCRIPTION],
        drawing=spec.Graph(nodes, tuple(links), _SETTINGS),
        key=str(data.get("id", "")),
    )


def _node(data: Any) -> spec.Node:
    if not isinstance(data, Mapping) or not data.get("id") or not data.get("block_id"):
        raise FormatError(Sentence("A node of the file has no id or no block_id"))
    given = str(data["block_id"])
    values: spec.JSONDict = bare(mapping(data.get("input_default")))
    metadata = dict(mapping(data.get("metadata")))
    block = autogpt_ids.block_of(given)
    if block is None:
        kept = {**values, "stands_for": given}
        return titled(spec.Node(str(data["id"]), PLACEHOLDER, kept, metadata))
    pins_of_credentials = {ask.pin for ask in asks_of(block)}
    kept = {name: value for name, value in values.items() if name not in pins_of_credentials}
    if block.id == RUN_GRAPH:  # of somebody there, and of a version there
        kept = {**kept, "graph_version": None, "user_id": None}
    return titled(spec.Node(str(data["id"]), block.id, kept, metadata))


def _remarks_on(node: spec.Node, keys: Container[str], left_out: Set[str]) -> Iterator[Remark]:
    """What there is to know; `left_out` are pins whose values are secrets, or name those of somebody there."""
    if node.block_id == PLACEHOLDER:
        name = node.input_default["stands_for"]
        sentence = Sentence("{title}: there is no block {name} here", title=node.title, name=name)
        yield Remark(About.PLACEHOLDER, node.id, sentence)
        return
    block = registry.find(node.block_id)
    assert block  # placeholders are for the others
    for sentence in _secrets_to_give(node, block, left_out):
        yield Remark(About.CONFIGURE, node.id, sentence)
    if node.input_default.get("model"):
        model = node.input_default["model"]
        sentence = Sentence("{title}: uses the model {model}", title=node.title, model=model)
        yield Remark(About.CONFIGURE, node.id, sentence)
    yield from choices.graph_for(node, keys)
    known = validation.input_pins(block)
    for name in () if known is None else sorted(set(node.input_default) - known):
        if not _is_dynamic(name):
            sentence = Sentence(
                "{title}: has no pin {pin}; its value is kept and not used",
                title=node.title,
                pin=name,
            )
            yield Remark(About.CHANGED, node.id, sentence)


def _secrets_to_give(
    node: spec.Node, block: registry.AnyBlock, left_out: Set[str]
) -> Iterator[Sentence]:
    asks = asks_of(block)
    for ask in asks:
        if ask.is_required or ask.pin in left_out:
            yield choices.credential_for(node, ask)
    for name in sorted(left_out - {ask.pin for ask in asks}):
        yield Sentence("{title}: the secret in {pin} is left out", title=node.title, pin=name)


def _is_dynamic(name: str) -> bool:
    return any(sign in name for sign in ("_#_", "_$_", "_@_"))


def _links(
    data: Mapping[str, Any], nodes: Mapping[str, spec.Node], remarks: list[Remark]
) -> tuple[list[spec.Link], dict[str, list[spec.JSONDict]]]:
    """The links that can be drawn, and by their sinks those that cannot."""
    drawn: list[spec.Link] = []
    dead: dict[str, list[spec.JSONDict]] = {}
    for link in _told_apart(data, remarks):
        if link.source_id not in nodes or link.sink_id not in nodes:
            sentence = Sentence(
                "A link between {source} and {sink} leads nowhere",
                source=link.source_id,
                sink=link.sink_id,
            )
            remarks.append(Remark(About.CHANGED, "", sentence))
        elif _is_live(link, nodes):
            drawn.append(link)
        else:
            dead.setdefault(link.sink_id, []).append(_written_link(link))
            sentence = Sentence(
                "{title}: the link {source} → {sink} has no pin any more",
                title=nodes[link.sink_id].title,
                source=link.source_name,
                sink=link.sink_name,
            )
            remarks.append(Remark(About.CHANGED, link.sink_id, sentence))
    return drawn, dead


def _is_live(link: spec.Link, nodes: Mapping[str, spec.Node]) -> bool:
    ends = spec.Graph({id_: nodes[id_] for id_ in (link.source_id, link.sink_id)}, (link,))
    return not list(validation.structure_problems(ends))


def _told_apart(data: Mapping[str, Any], remarks: list[Remark]) -> Iterator[spec.Link]:
    """The links of the file that have ends, each with an id of its own."""
    used: set[str] = set()
    for index, each in enumerate(items(data.get("links"))):
        link = _link(each, index)
        if link is None:
            sentence = Sentence("A link of the file has no ends")
            remarks.append(Remark(About.CHANGED, "", sentence))
            continue
        link = dataclasses.replace(link, id=_free(link.id, index, used))
        used.add(link.id)
        yield link


def _free(id_: str, index: int, used: Container[str]) -> str:
    """The id, or one like it that nothing else has."""
    others = (f"{id_}-{number}" for number in count(index))
    return next(each for each in chain([id_], others) if each not in used)


def _link(data: Any, index: int) -> spec.Link | None:
    names = ("source_id", "source_name", "sink_id", "sink_name")
    if not isinstance(data, Mapping) or not all(data.get(name) for name in names):
        return None
    source, source_pin, sink, sink_pin = (str(data[name]) for name in names)
    return spec.Link(str(data.get("id") or f"link-{index}"), source, source_pin, sink, sink_pin)


def write(bundle: Bundle) -> dict[str, Any]:
    """The file, without secrets; `credentials` are chosen anew where it is imported."""
    parts = [_written(sheet) for sheet in bundle.parts]
    return {**_written(bundle.main), "user_id": "", "sub_graphs": parts}


def _written(sheet: Sheet) -> dict[str, Any]:
    nodes = sheet.drawing.nodes
    links = [_written_link(link, _is_static(nodes[link.source_id])) for link in sheet.drawing.links]
    links += [dict(each) for node in nodes.values() for each in rows(node.metadata.get(DEAD_LINKS))]
    return {
        "id": sheet.key,
        "version": 1,
        "is_active": True,
        "name": sheet.name,
        "description": sheet.description,
        "nodes": [_written_node(node) for node in nodes.values()],
        "links": links,
    }


def _written_node(node: spec.Node) -> dict[str, Any]:
    values = dict(node.input_default)
    block_id = autogpt_ids.uuid_of(node.block_id)
    if node.block_id == PLACEHOLDER and values.get("stands_for"):
        block_id = values.pop("stands_for")
    if node.block_id == RUN_GRAPH:
        values["graph_version"] = 1
    metadata = untitled(node)
    metadata.pop(DEAD_LINKS, None)
    if metadata.get("title"):
        metadata.setdefault("customized_name", metadata["title"])
    return {
        "id": node.id,
        "block_id": block_id,
        "input_default": values,
        "metadata": {"position": {"x": 0, "y": 0}, **metadata},
        "input_links": [],
        "output_links": [],
        "webhook_id": None,
    }


def _written_link(link: spec.Link, is_static: bool = False) -> spec.JSONDict:
    return {
        "id": link.id,
        "source_id": link.source_id,
        "sink_id": link.sink_id,
        "source_name": link.source_name,
        "sink_name": link.sink_name,
        "is_static": is_static,
    }


def _is_static(source: spec.Node) -> bool:
    block = registry.find(source.block_id)
    return bool(block and block.static_output)


def _with_metadata(node: spec.Node, more: Mapping[str, Any]) -> spec.Node:
    return spec.Node(node.id, node.block_id, node.input_default, {**node.metadata, **more})
