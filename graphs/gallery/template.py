"""What a template is, and a short way to draw one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from graphs import spec

_COLUMN, _ROW = 340, 260  # pixels

# (node id, block id, column and row, title, values)
Drawn = tuple[str, str, tuple[float, float], str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Template:
    """A graph that somebody can take and change. It is drawn in the language of whoever takes it."""

    slug: str
    name: Promise
    description: Promise
    icon: str  # a picture of the builder's `blocks.svg`
    draw: Callable[[], spec.Graph]
    asks_model: bool = False  # gets better with a key for a language model


def drawn(nodes: Sequence[Drawn], links: Sequence[str]) -> spec.Graph:
    """A graph from nodes in columns and rows, and links written as `a.pin -> b.pin`."""
    return spec.Graph(
        nodes={
            id_: spec.Node(
                id_,
                block_id,
                values,
                {"title": title, "position": {"x": column * _COLUMN, "y": row * _ROW}},
            )
            for id_, block_id, (column, row), title, values in nodes
        },
        links=tuple(_link(number, text) for number, text in enumerate(links, start=1)),
    )


def _link(number: int, text: str) -> spec.Link:
    (source_id, source_name), (sink_id, sink_name) = (
        end.split(".", 1) for end in text.split(" -> ")
    )
    return spec.Link(f"link-{number}", source_id, source_name, sink_id, sink_name)
