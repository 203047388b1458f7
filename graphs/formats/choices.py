"""What whoever takes a graph has to choose before it can run: credentials, and graphs that are elsewhere."""

from collections.abc import Container, Iterator

from blocks.credentials import Ask
from graphs import credentials, spec
from graphs.formats.bundle import About, Remark, Sheet, child_of
from graphs.sentences import Sentence


def remarks_on(sheet: Sheet, keys: Container[str]) -> Iterator[Remark]:
    """What is to be chosen in a graph of a file that has the graphs with these keys."""
    for need in credentials.needs_of(sheet.drawing):
        if need.is_required and need.own is None and not need.is_linked:
            yield Remark(About.CONFIGURE, need.node.id, credential_for(need.node, need.ask))
    for node in sheet.drawing.nodes.values():
        yield from graph_for(node, keys)


def credential_for(node: spec.Node, ask: Ask) -> Sentence:
    """That a node needs a credential."""
    providers = ", ".join(ask.narrowed(node.input_default).providers)
    return Sentence(
        "{title}: choose a credential ({providers})", title=node.title, providers=providers
    )


def graph_for(node: spec.Node, keys: Container[str]) -> Iterator[Remark]:
    """That a node runs a graph which is in no file."""
    child = child_of(node)
    if child and child not in keys:
        sentence = Sentence(
            "{title}: runs the graph {child}, which is not in the file",
            title=node.title,
            child=child,
        )
        yield Remark(About.CONFIGURE, node.id, sentence)
