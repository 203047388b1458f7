"""A graph as a text file: what the editors show, exports hold and imports take."""

import dataclasses
import json
from typing import Any

from graphs import credentials, spec
from graphs.models import GraphVersion


def exported(version: GraphVersion) -> str:
    """A version for others, as text."""
    return _text(shared_document_of(version))


def shared_document_of(version: GraphVersion) -> dict[str, Any]:
    """A version for others: it names no credentials of its owner."""
    drawing = version.load()
    values = credentials.without_ids(drawing)
    nodes = {
        id_: dataclasses.replace(node, input_default=values[id_])
        for id_, node in drawing.nodes.items()
    }
    return _document(version, dataclasses.replace(drawing, nodes=nodes))


def document_of(version: GraphVersion) -> dict[str, Any]:
    """A version as a document that can be read back without a loss."""
    return _document(version, version.load())


def text_of(version: GraphVersion) -> str:
    """The document as JSON for people."""
    return _text(document_of(version))


def _document(version: GraphVersion, drawing: spec.Graph) -> dict[str, Any]:
    return {
        "name": version.graph.name,
        "description": version.graph.description,
        "nodes": [dataclasses.asdict(node) for node in drawing.nodes.values()],
        "links": [dataclasses.asdict(link) for link in drawing.links],
        "settings": drawing.settings,
    }


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
