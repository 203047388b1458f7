"""What is wrong with a drawing, told before anything runs."""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from blocks import coercion, registry
from blocks.base import ERROR_PIN, Kind
from blocks.credentials import asks_of, is_reference
from blocks.registry import AnyBlock
from graphs import flow, pins, spec
from graphs.sentences import Sentence

Find = Callable[[str], AnyBlock | None]

GRAPH = ""  # the node id of problems that belong to no node
NO_REFERENCE = Sentence('a credential is named by {"id": …}, and by nothing secret')
MAX_NODES = 10_000
MAX_LINKS = 100_000
_FORBIDDEN_NAMES = {"__proto__", "constructor", "prototype"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where; `field` is a pin, `block_id`, or a link's id. A warning keeps nobody from anything."""

    node_id: str
    field: str
    message: str
    is_warning: bool = False


def structure_problems(graph: spec.Graph, find: Find = registry.find) -> Iterator[Problem]:
    """What keeps a drawing from being saved: unknown blocks, links that lead nowhere, impossible names."""
    if not graph.nodes:
        yield Problem(GRAPH, "nodes", Sentence("A graph needs at least one node"))
    if len(graph.nodes) > MAX_NODES or len(graph.links) > MAX_LINKS:
        yield Problem(
            GRAPH,
            "nodes",
            Sentence(
                "A graph may have {nodes} nodes and {links} links at most",
                nodes=f"{MAX_NODES:,}",
                links=f"{MAX_LINKS:,}",
            ),
        )
        return
    for node in graph.nodes.values():
        yield from _node_problems(node, find)
    for link in graph.links:
        yield from _link_problems(graph, link, find)


def _node_problems(node: spec.Node, find: Find) -> Iterator[Problem]:
    if not node.id.strip() or node.id in _FORBIDDEN_NAMES:
        yield Problem(node.id, "id", Sentence('"{id}" cannot be the id of a node', id=node.id))
    elif any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} for character in node.id):
        message = Sentence("The id of a node has no line breaks or invisible characters")
        yield Problem(node.id, "id", message)
    block = find(node.block_id)
    if block is None:
        message = Sentence('There is no block "{id}"', id=node.block_id)
        yield Problem(node.id, "block_id", message)
    else:
        yield from _credential_problems(node, block)


def _credential_problems(node: spec.Node, block: AnyBlock) -> Iterator[Problem]:
    for ask in asks_of(block):
        given = node.input_default.get(ask.pin)
        if given is not None and not is_reference(given):  # a drawing is no place for a secret
            yield Problem(
                node.id,
                ask.pin,
                Sentence("{title}: {problem}", title=node.title, problem=NO_REFERENCE),
            )


def _link_problems(graph: spec.Graph, link: spec.Link, find: Find) -> Iterator[Problem]:
    ends = (
        (link.source_id, link.source_name, Sentence("output"), output_pins),
        (link.sink_id, link.sink_name, Sentence("input"), input_pins),
    )
    for node_id, pin, side, pins_of in ends:
        node = graph.nodes.get(node_id)
        if node is None:
            message = Sentence('A link leads to the node "{id}", which does not exist', id=node_id)
            yield Problem(node_id, link.id, message)
            continue
        block = find(node.block_id)
        reason = _pin_problem(pin, pins_of(block)) if block else None
        if reason:
            message = Sentence(
                '{title} has no {side} pin "{pin}"{reason}',
                title=node.title,
                side=side,
                pin=pin,
                reason=reason,
            )
            yield Problem(node_id, pin, message)


def _pin_problem(pin: str, known: set[str] | None) -> str | None:
    """None when the pin is fine, else the end of the sentence that says why not."""
    try:
        base, _path = pins.parse(pin)
    except ValueError as error:
        return f": {error}"
    if known is None or base in known or pins.is_tool(pin):
        return None if base else ""
    names = ", ".join(sorted(known))
    return Sentence("; it has {pins}", pins=names) if names else Sentence("; it has none")


def input_pins(block: AnyBlock) -> set[str] | None:
    """Names of the input pins; None when the block takes any name."""
    if block.Input.model_config.get("extra") == "allow":
        return None
    return set(block.Input.model_fields)


def output_pins(block: AnyBlock) -> set[str] | None:
    """Names of the output pins, `error` among them; None when the block may send on any name."""
    if block.Output.model_config.get("extra") == "allow":
        return None
    return set(block.Output.model_fields) | ({ERROR_PIN} if block.kind is Kind.STANDARD else set())


def run_problems(graph: spec.Graph, find: Find = registry.find) -> Iterator[Problem]:
    """What keeps a saved drawing from being run: required pins that nothing feeds, impossible values."""
    if not any(_can_start(graph, node, find) for node in graph.nodes.values()):
        message = Sentence("Nothing can start: every node waits for another one")
        yield Problem(GRAPH, "nodes", message)
    known = {}
    for node in graph.nodes.values():
        block = find(node.block_id)
        if block is None:
            message = Sentence('There is no block "{id}" any more', id=node.block_id)
            yield Problem(node.id, "block_id", message)
        elif block.kind is not Kind.NOTE:
            known[node.id] = block
            yield from _input_problems(graph, node, block)
    for problem in flow.flow_problems(graph, known):
        yield Problem(*problem)
    for link in graph.links:  # a block may have lost a pin since the drawing was saved
        yield from _link_problems(graph, link, find)


def _can_start(graph: spec.Graph, node: spec.Node, find: Find) -> bool:
    block = find(node.block_id)
    if block is None or block.kind is Kind.NOTE:
        return False
    return block.kind is Kind.INPUT or not graph.into(node.id)


def _input_problems(graph: spec.Graph, node: spec.Node, block: AnyBlock) -> Iterator[Problem]:
    linked = {pins.parse(link.sink_name)[0] for link in graph.into(node.id)}
    asked = {ask.pin for ask in asks_of(block)}
    for name, info in block.Input.model_fields.items():
        is_given = name in linked or node.input_default.get(name) is not None
        comes_with_run = name in asked or (block.kind is Kind.INPUT and name == "value")
        if info.is_required() and not is_given and not comes_with_run:
            message = Sentence('{title} needs a value for "{pin}"', title=node.title, pin=name)
            yield Problem(node.id, name, message)
    yield from _default_problems(node, block, linked)


def _default_problems(node: spec.Node, block: AnyBlock, linked: set[str]) -> Iterator[Problem]:
    """Values typed into the node that its pins do not take."""
    given = {name: value for name, value in node.input_default.items() if name not in linked}
    for name, problem in coercion.pin_problems(block, given).items():
        yield Problem(node.id, name, problem)
