"""A graph as a text file: what the editors show, exports hold and imports take."""

import json
from typing import Any

from graphs import bundles
from graphs.formats import autogpt, own
from graphs.formats.bundle import Bundle, Sheet
from graphs.models import GraphVersion

WRITERS = {"agentloom": own.write, "autogpt": autogpt.write}


def exported(version: GraphVersion, format_: str = "agentloom") -> str:
    """A version for others, with the graphs that it runs: it names no credentials and holds no secrets."""
    return _text(shared_document_of(version, format_))


def shared_document_of(version: GraphVersion, format_: str = "agentloom") -> dict[str, Any]:
    """What `exported` writes as text."""
    return WRITERS[format_](bundles.bundle_of(version))


def document_of(version: GraphVersion) -> dict[str, Any]:
    """A version as a document that can be read back without a loss."""
    graph = version.graph
    return own.write(Bundle(Sheet(graph.name, graph.description, version.load())))


def text_of(version: GraphVersion) -> str:
    """The document as JSON for people."""
    return _text(document_of(version))


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
