"""Graphs to begin with: small, and ready to run without any key."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from graphs.spec import Graph, Link, Node


@dataclass(frozen=True)
class Starter:
    """One choice of the form for a new graph."""

    label: Promise
    description: Promise
    drawing: Graph


def _graph(*nodes: Node, links: tuple[tuple[str, str, str, str], ...]) -> Graph:
    return Graph(
        nodes={node.id: node for node in nodes},
        links=tuple(Link(f"link-{number}", *ends) for number, ends in enumerate(links, start=1)),
    )


def _at(column: int, title: str) -> dict[str, object]:
    return {"title": title, "position": {"x": column * 320, "y": 0}}


_EMPTY = _graph(
    Node("input", "text_input_block", {"name": "text"}, _at(0, "Text")),
    Node("output", "output_block", {"name": "result"}, _at(1, "Result")),
    links=(("input", "text", "output", "value"),),
)

_SUMMARY = _graph(
    Node("text", "long_text_input_block", {"name": "text", "title": "Text"}, _at(0, "Text")),
    Node("summarize", "ai_text_summarizer_block", {"style": "concise"}, _at(1, "Summarise")),
    Node("summary", "output_block", {"name": "summary"}, _at(2, "Summary")),
    links=(("text", "result", "summarize", "text"), ("summarize", "summary", "summary", "value")),
)

_BRANCH = _graph(
    Node("number", "number_input_block", {"name": "number"}, _at(0, "Number")),
    Node("check", "condition_block", {"operator": ">", "value2": 10}, _at(1, "More than ten?")),
    Node(
        "large",
        "output_block",
        {"name": "large"},
        {"title": "Large", "position": {"x": 640, "y": -120}},
    ),
    Node(
        "small",
        "output_block",
        {"name": "small"},
        {"title": "Small", "position": {"x": 640, "y": 120}},
    ),
    links=(
        ("number", "result", "check", "value1"),
        ("check", "yes_output", "large", "value"),
        ("check", "no_output", "small", "value"),
    ),
)

STARTERS: Mapping[str, Starter] = {
    "summary": Starter(_("Text summary"), _("A text goes in, a summary comes out."), _SUMMARY),
    "branch": Starter(_("Condition"), _("A number goes one way or the other."), _BRANCH),
    "empty": Starter(_("As little as possible"), _("One input and one output."), _EMPTY),
}
