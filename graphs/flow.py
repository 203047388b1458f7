"""What is wrong with the parts of a drawing that direct its flow: scopes, merges, fallbacks."""

from collections.abc import Iterator

from blocks.registry import AnyBlock
from graphs import pins, spec

Blocks = dict[str, AnyBlock]  # by node id


def flow_problems(graph: spec.Graph, blocks: Blocks) -> Iterator[tuple[str, str, str]]:
    """(node id, field, sentence) of each problem; `blocks` has the nodes whose block is known."""
    for node_id, block in blocks.items():
        node = graph.nodes[node_id]
        if block.collects and not _is_in_scope(graph, blocks, node_id):
            yield node_id, block.collects, _never_collects(node, block)
        if block.gathers:
            yield from _gathering_problems(graph, node, block)
        yield from _fallback_problems(node, block)


def _never_collects(node: spec.Node, block: AnyBlock) -> str:
    opener = "Try" if block.catches else "For each"
    return f'{node.title} never fires: no link leads from a {opener} to its pin "{block.collects}"'


def _is_in_scope(graph: spec.Graph, blocks: Blocks, node_id: str) -> bool:
    """Whether something that opens a scope lies before the collecting pin."""
    pin = blocks[node_id].collects
    todo = [link for link in graph.into(node_id) if link.sink_name == pin]
    seen: set[str] = set()
    while todo:
        link = todo.pop()
        block = blocks.get(link.source_id)
        if block and pins.parse(link.source_name)[0] in block.opens:
            return True
        if link.source_id not in seen:
            seen.add(link.source_id)
            todo += graph.into(link.source_id)
    return False


def _gathering_problems(
    graph: spec.Graph, node: spec.Node, block: AnyBlock
) -> Iterator[tuple[str, str, str]]:
    names = {pins.parse(link.sink_name)[0] for link in graph.into(node.id)}
    if block.gathers not in names:
        sentence = f'{node.title} never fires: no link leads to its pin "{block.gathers}"'
        yield node.id, block.gathers, sentence
    for name in sorted(names - {block.gathers}):
        sentence = (
            f'{node.title} takes links on "{block.gathers}" only; type in the value of "{name}"'
        )
        yield node.id, name, sentence


def _fallback_problems(node: spec.Node, block: AnyBlock) -> Iterator[tuple[str, str, str]]:
    fallback = node.metadata.get("fallback") or {}
    if block.Output.model_config.get("extra") == "allow":
        return
    for pin in fallback.keys() - block.Output.model_fields.keys():
        sentence = f'The fallback of {node.title} names the pin "{pin}", which it does not have'
        yield node.id, "metadata.fallback", sentence
