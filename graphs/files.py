"""A graph as a text file: what the JSON editor shows, exports hold and imports take."""

import dataclasses
import json

from graphs import credentials, spec
from graphs.models import GraphVersion


def exported(version: GraphVersion) -> str:
    """A version for others: it names no credentials of its owner."""
    drawing = version.load()
    values = credentials.without_ids(drawing)
    nodes = {
        id_: dataclasses.replace(node, input_default=values[id_])
        for id_, node in drawing.nodes.items()
    }
    return _text(version, dataclasses.replace(drawing, nodes=nodes))


def text_of(version: GraphVersion) -> str:
    """A version as JSON that can be read back without a loss."""
    return _text(version, version.load())


def _text(version: GraphVersion, drawing: spec.Graph) -> str:
    document = {
        "name": version.graph.name,
        "description": version.graph.description,
        "nodes": [dataclasses.asdict(node) for node in drawing.nodes.values()],
        "links": [dataclasses.asdict(link) for link in drawing.links],
        "settings": drawing.settings,
    }
    return json.dumps(document, ensure_ascii=False, indent=2)
