"""What a file holds: a graph, the graphs that it runs, and what there is to say about reading it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from graphs import spec

if TYPE_CHECKING:
    from graphs.formats.cases import Case

MAX_NAME, MAX_DESCRIPTION = 100, 1000
RUN_GRAPH = "agent_executor_block"
RUNNERS = (
    RUN_GRAPH,
    "e189baac-8c20-45a1-94a7-55177ea42565",
)  # its ids, see blocks/library/waiting.py
PLACEHOLDER = "placeholder_block"


class About(StrEnum):
    """What a remark is about."""

    PLACEHOLDER = "placeholder"  # a node whose block is not here
    CONFIGURE = "configure"  # something to be chosen before it can run
    CHANGED = "changed"  # something that is not as it was


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that whoever imports the file should know; `node_id` is empty for what belongs to no node."""

    about: About
    node_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One graph of a file; `key` is the id by which others in the file name it."""

    name: str
    description: str
    drawing: spec.Graph
    key: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The graph itself, and those that it runs, in any order; `along` is what else goes with it, see `graphs.companions`."""

    main: Sheet
    parts: tuple[Sheet, ...] = ()
    remarks: tuple[Remark, ...] = field(default=(), compare=False)
    along: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict, compare=False)
    cases: "tuple[Case, ...]" = ()  # tests of the graph itself

    def sheets(self) -> Iterator[Sheet]:
        """All graphs, the main one last."""
        yield from self.parts
        yield self.main


class FormatError(ValueError):
    """A file is not of the format that it seems to be; the message is a sentence for the user."""


def children_of(sheet: Sheet) -> set[str]:
    """The graphs that its nodes run, by their keys."""
    return {child_of(node) for node in sheet.drawing.nodes.values()} - {""}


def child_of(node: spec.Node) -> str:
    """The graph that a node runs, by its key; empty for nodes that run none."""
    if node.block_id not in RUNNERS:
        return ""
    return str(node.input_default.get("graph_id") or "")
