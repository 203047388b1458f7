"""What the page with the changes between two versions shows."""

from dataclasses import dataclass
from typing import Any

from graphs import changes, drawing, spec
from graphs.drawing import HIDDEN
from graphs.models import GraphVersion

NEWEST_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class LinkInWords:
    """A link with the titles of its nodes."""

    source: str
    source_name: str
    sink: str
    sink_name: str


def changes_page(version: GraphVersion, other: GraphVersion | None) -> dict[str, Any]:
    """From the other version to this one; without another, everything is new."""
    after = _without_secrets(version.load())
    before = _without_secrets(other.load()) if other else spec.Graph({}, ())
    found = changes.changes_between(before, after)
    both = changes.both(before, after)
    return {
        "graph": version.graph,
        "version": version,
        "other": other,
        "versions": version.graph.versions.newest_first()[:NEWEST_VERSIONS],
        "changes": found,
        "links_added": [_in_words(both, link) for link in found.links_added],
        "links_removed": [_in_words(both, link) for link in found.links_removed],
        "drawing": drawing.draw(both),
        "kinds": {each.node.id: each.kind for each in found.changed_nodes},
    }


def _without_secrets(graph: spec.Graph) -> spec.Graph:
    """Dots for what pages must not show."""
    nodes = {
        node.id: spec.Node(
            node.id,
            node.block_id,
            {
                name: HIDDEN if drawing.is_secret(node, name) else value
                for name, value in node.input_default.items()
            },
            node.metadata,
        )
        for node in graph.nodes.values()
    }
    return spec.Graph(nodes, graph.links, graph.settings)


def _in_words(graph: spec.Graph, link: spec.Link) -> LinkInWords:
    source, sink = graph.nodes[link.source_id].title, graph.nodes[link.sink_id].title
    return LinkInWords(source, link.source_name, sink, link.sink_name)
