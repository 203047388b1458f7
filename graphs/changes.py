"""What differs between two drawings: nodes, their values, links, settings. Where nodes lie does not count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from graphs import spec

Kind = Literal["added", "removed", "changed", "same"]


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A pin's value, or an entry of the metadata, before and after; None for none."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class NodeChange:
    """What happened to one node."""

    node: spec.Node  # as it is after, or was before it was removed
    kind: Kind
    differences: Sequence[ValueChange] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """All of them."""

    nodes: Sequence[NodeChange]
    links_added: Sequence[spec.Link]
    links_removed: Sequence[spec.Link]
    settings: Sequence[ValueChange]

    @property
    def changed_nodes(self) -> list[NodeChange]:
        """Those that are not the same."""
        return [each for each in self.nodes if each.kind != "same"]

    @property
    def are_none(self) -> bool:
        """Whether both drawings say the same."""
        links = (*self.links_added, *self.links_removed)
        return not (self.changed_nodes or links or self.settings)


def changes_between(before: spec.Graph, after: spec.Graph) -> Changes:
    """From one drawing to the other."""
    ends_before = {_ends(link) for link in before.links}
    ends_after = {_ends(link) for link in after.links}
    return Changes(
        nodes=[*_nodes(before, after)],
        links_added=[link for link in after.links if _ends(link) not in ends_before],
        links_removed=[link for link in before.links if _ends(link) not in ends_after],
        settings=[*_values(before.settings, after.settings)],
    )


def both(before: spec.Graph, after: spec.Graph) -> spec.Graph:
    """One drawing with everything that either has, for pictures of the changes."""
    known = {_ends(link) for link in after.links}
    gone = tuple(link for link in before.links if _ends(link) not in known)
    return spec.Graph({**before.nodes, **after.nodes}, (*after.links, *gone), after.settings)


def _ends(link: spec.Link) -> tuple[str, str, str, str]:
    return link.source_id, link.source_name, link.sink_id, link.sink_name


def _nodes(before: spec.Graph, after: spec.Graph) -> Iterator[NodeChange]:
    for id_, node in after.nodes.items():
        old = before.nodes.get(id_)
        if old is None:
            yield NodeChange(node, "added")
        else:
            values = [*_node_values(old, node)]
            yield NodeChange(node, "changed" if values else "same", values)
    for id_, node in before.nodes.items():
        if id_ not in after.nodes:
            yield NodeChange(node, "removed")


def _node_values(old: spec.Node, new: spec.Node) -> Iterator[ValueChange]:
    if old.block_id != new.block_id:
        yield ValueChange("block_id", old.block_id, new.block_id)
    yield from _values(old.input_default, new.input_default)
    yield from _values(_without_place(old.metadata), _without_place(new.metadata))


def _without_place(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in metadata.items() if name != "position"}


def _values(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[ValueChange]:
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield ValueChange(name, before.get(name), after.get(name))
