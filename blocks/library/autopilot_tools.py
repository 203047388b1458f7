"""What an AutoPilot may do: find and run blocks that are no nodes of its graph, and graphs of the user."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from blocks import registry
from blocks.base import BlockError, Effect, Kind, Pins, PinValue, Suspend, WaitsFor
from blocks.coercion import parse_input
from blocks.credentials import asks_of
from blocks.library.waiting import RunGraph, outputs_of
from blocks.ports import NodeTool, Ports
from blocks.registry import AnyBlock
from blocks.values import preview

MAX_FOUND = 10  # blocks or graphs that one search tells of


class Errand(Pins):
    """What a firing is to run: a block, or a graph of the user."""

    block_id: str = ""
    graph_id: str = ""
    inputs: dict[str, Any] = {}


@dataclass(frozen=True)
class Choice:
    """Names that are chosen: all but these, or these alone."""

    names: frozenset[str]
    is_all_but: bool

    def takes(self, name: str) -> bool:
        """Whether what is called so is chosen."""
        return (name in self.names) is not self.is_all_but


def chosen_tools(names: Iterable[str], *, is_all_but: bool) -> list[NodeTool]:
    """The tools that are chosen. Raises `BlockError` when one that is chosen is not here."""
    choice = Choice(frozenset(names), is_all_but)
    known = {tool.name for tool in _TOOLS}
    if not is_all_but and (unknown := sorted(choice.names - known)):
        raise BlockError(
            f"There is no tool {preview(unknown[0])}; the tools are: {', '.join(sorted(known))}"
        )
    return [tool for tool in _TOOLS if choice.takes(tool.name)]


def chosen_blocks(names: Iterable[str], *, is_all_but: bool) -> Choice:
    """Blocks by id, alias or name. Raises `BlockError` when one that is chosen is not here."""
    by_name = {block.name: block for block in registry.all_blocks()}
    found = {name: registry.find(name) or by_name.get(name) for name in names}
    if not is_all_but and None in found.values():
        unknown = next(name for name, block in found.items() if block is None)
        raise BlockError(f"There is no block {preview(unknown)}")
    return Choice(frozenset(block.id for block in found.values() if block), is_all_but)


def find_blocks(query: str, choice: Choice) -> str:
    """Blocks that may be run and have all these words in their name or description, as a model is told."""
    words = query.lower().split()
    return _listed(
        {
            "id": block.id,
            "description": block.description,
            "inputs": {name: pin.description for name, pin in block.Input.model_fields.items()},
            "required": [
                name for name, pin in block.Input.model_fields.items() if pin.is_required()
            ],
        }
        for block in registry.all_blocks()
        if _may_run(block, choice) and all(word in _words_of(block) for word in words)
    )


def find_graphs(query: str, ports: Ports) -> str:
    """Graphs that may be run and have this in their name or description, as a model is told."""
    return _listed(asdict(each) for each in ports.graphs.search(query, MAX_FOUND))


def _listed(found: Iterable[Mapping[str, Any]]) -> str:
    first = [each for each, _ in zip(found, range(MAX_FOUND), strict=False)]
    return json.dumps(first, ensure_ascii=False) if first else "Nothing was found."


def _words_of(block: AnyBlock) -> str:
    return f"{block.id} {block.name} {block.description}".lower()


def _may_run(block: AnyBlock, choice: Choice) -> bool:
    """Whether it makes sense outside of a graph, needs nothing of the user's, and does no harm when it runs twice."""
    directs_flow = block.opens or block.collects or block.gathers or block.counts
    needs_secret = any(ask.is_required for ask in asks_of(block))
    is_harmless = block.effect is not Effect.AT_MOST_ONCE and not block.cost
    is_work = block.kind is Kind.STANDARD and not directs_flow and not isinstance(block, RunGraph)
    return is_work and is_harmless and not needs_secret and choice.takes(block.id)


def errand_for(tool: str, arguments: Mapping[str, Any], choice: Choice) -> Errand:
    """What a firing is to do that runs this tool. Raises `BlockError` where it may not."""
    inputs = arguments.get("inputs") or {}
    if not isinstance(inputs, dict):
        raise BlockError("The inputs must be a JSON object")
    if tool == "run_graph":
        return Errand(graph_id=str(arguments["graph_id"]), inputs=inputs)
    block = registry.find(str(arguments["block_id"]))
    if block is None or not _may_run(block, choice):
        raise BlockError(f"The block {preview(arguments['block_id'])} cannot be run here")
    return Errand(block_id=block.id, inputs=inputs)


def run_errand(errand: Errand, max_depth: int, ports: Ports) -> dict[str, list[Any]]:
    """Run a block or a graph; what it gives, by pin. Raises `BlockError` and `Suspend`."""
    outputs: dict[str, list[Any]] = {}
    run = _run_graph(errand, max_depth, ports) if errand.graph_id else _run(errand, ports)
    for pin, value in run:
        outputs.setdefault(pin, []).append(value)
    return outputs


def _run(errand: Errand, ports: Ports) -> Iterator[PinValue]:
    block = registry.find(errand.block_id)
    if block is None or not _may_run(block, Choice(frozenset(), is_all_but=True)):
        raise BlockError(f"The block {preview(errand.block_id)} cannot be run here")
    ports.block_rules.require_free(block.id)
    return block.run(parse_input(block, errand.inputs), ports)


def _run_graph(errand: Errand, max_depth: int, ports: Ports) -> Iterator[PinValue]:
    if ports.run.answer is None:
        ports.graphs.start(errand.graph_id, None, errand.inputs, {}, max_depth=max_depth)
        raise Suspend(WaitsFor.CHILD)
    return outputs_of(ports.run.answer)


def _tool(
    name: str, description: str, needed: Mapping[str, str], optional: Sequence[str] = ()
) -> NodeTool:
    properties: dict[str, Any] = {
        pin: {"type": "string", "description": about} for pin, about in needed.items()
    }
    for pin in optional:
        properties[pin] = {"type": "object", "description": f"The {pin} by name."}
    return NodeTool(
        name,
        description,
        {"type": "object", "properties": properties, "required": [*needed]},
    )


_WORDS = {"query": "Words that stand in its name or description."}
_TOOLS = (
    _tool(
        "find_block",
        "Finds blocks: small programs for text, data, dates, numbers, web pages, files.",
        _WORDS,
    ),
    _tool("run_block", "Runs a block.", {"block_id": "The id of the block."}, ["inputs"]),
    _tool("find_graph", "Finds graphs of the user.", _WORDS),
    _tool(
        "run_graph",
        "Runs a graph of the user to its end.",
        {"graph_id": "The id of the graph."},
        ["inputs"],
    ),
)
