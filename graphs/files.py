"""A graph as a text file: what the editors show, exports hold and imports take."""

import dataclasses
import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

from django.utils.text import slugify

from accounts.models import User
from graphs import bundles, companions
from graphs.formats import autogpt, own
from graphs.formats.bundle import Bundle, Sheet
from graphs.models import Graph, GraphVersion

WRITERS = {"agentloom": own.write, "autogpt": autogpt.write}


def exported(version: GraphVersion, format_: str, user: User) -> str:
    """The file of a version for others, as text."""
    return _text(file_of(version, format_, user))


def file_of(version: GraphVersion, format_: str, user: User) -> dict[str, Any]:
    """A version for others, with the graphs that it runs and what this user keeps for it.

    It names no credentials and holds no secrets.
    """
    bundle = bundles.bundle_of(version, Graph.objects.visible_to(user))
    along = companions.packed(version, user)
    return WRITERS[format_](dataclasses.replace(bundle, along=along))


def shared_document_of(version: GraphVersion) -> dict[str, Any]:
    """The same in our format, for everybody who may look at it, without what anybody keeps for it."""
    bundle = bundles.bundle_of(version, Graph.objects.seen_with(version.graph))
    return own.write(dataclasses.replace(bundle, cases=()))


def document_of(version: GraphVersion) -> dict[str, Any]:
    """A version as a document that can be read back without a loss."""
    graph = version.graph
    return own.write(Bundle(Sheet(graph.name, graph.description, version.load())))


def text_of(version: GraphVersion) -> str:
    """The document as JSON for people."""
    return _text(document_of(version))


def name_of(version: GraphVersion) -> str:
    """How the file of a version is called."""
    return f"{slugify(version.graph.name) or 'graph'}-v{version.version}.json"


def packed(versions: Iterable[GraphVersion], user: User) -> bytes:
    """A ZIP archive of the files of several versions."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, version in enumerate(versions, 1):  # names of graphs are not unique
            text = exported(version, "agentloom", user)
            archive.writestr(f"{number:03}-{name_of(version)}", text)
    return buffer.getvalue()


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
