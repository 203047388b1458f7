"""A graph as a text file: what the JSON editor shows, exports hold and imports take."""

import dataclasses
import json

from graphs.models import GraphVersion


def text_of(version: GraphVersion) -> str:
    """A version as JSON that can be read back without a loss."""
    drawing = version.load()
    document = {
        "name": version.graph.name,
        "description": version.graph.description,
        "nodes": [dataclasses.asdict(node) for node in drawing.nodes.values()],
        "links": [dataclasses.asdict(link) for link in drawing.links],
        "settings": drawing.settings,
    }
    return json.dumps(document, ensure_ascii=False, indent=2)
