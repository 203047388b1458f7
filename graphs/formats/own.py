"""Our own files: the graph as the API takes it, and beside it the graphs that it runs.

`{"format": "agentloom/1", "name", "description", "nodes", "links", "settings", "sub_graphs": [{"id", …}], "tests": […]}`, and
lists of what goes along, such as `presets`. What is written is read back as it was; keys have a fixed order, so that two versions of a file can be
compared line by line.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from graphs import documents
from graphs.documents import GraphDocument
from graphs.formats import cases, choices
from graphs.formats.bundle import Bundle, FormatError, Sheet, children_of
from graphs.sentences import Sentence

FORMAT = "agentloom/1"
ALONG = ("presets", "schedules", "webhooks", "mailboxes", "pages")  # keys of what goes along


def write(bundle: Bundle) -> dict[str, Any]:
    """The file."""
    parts = [{"id": sheet.key, **_written(sheet)} for sheet in bundle.parts]
    beside = ({"sub_graphs": parts} if parts else {}) | dict(bundle.along)
    tests = [case.model_dump(mode="json") for case in bundle.cases]
    is_named = any(bundle.main.key in children_of(sheet) for sheet in bundle.sheets())
    return {
        "format": FORMAT,
        **({"id": bundle.main.key} if is_named else {}),
        **_written(bundle.main),
        **beside,
        **({"tests": tests} if tests else {}),
    }


def _written(sheet: Sheet) -> dict[str, Any]:
    drawing = sheet.drawing
    return {
        "name": sheet.name,
        "description": sheet.description,
        "nodes": [dataclasses.asdict(node) for node in drawing.nodes.values()],
        "links": [dataclasses.asdict(link) for link in drawing.links],
        "settings": dict(drawing.settings),
    }


def read(data: Mapping[str, Any]) -> Bundle:
    """What the file holds. Raises `InvalidGraphError` and `FormatError`."""
    beside = {"sub_graphs", "tests", *ALONG}
    own = {key: value for key, value in data.items() if key not in beside}
    parts, along = data.get("sub_graphs") or [], {key: data[key] for key in ALONG if key in data}
    if data.get("format", FORMAT) != FORMAT:
        raise FormatError(
            Sentence(
                "This file says that it is {given}; {known} can be read here",
                given=repr(data["format"]),
                known=FORMAT,
            )
        )
    for key, rows in {"sub_graphs": parts, **along}.items():
        if not isinstance(rows, list) or not all(isinstance(each, Mapping) for each in rows):
            raise FormatError(Sentence('"{key}" must be a list of objects', key=key))
    sheets = [sheet_of(documents.parse(each), str(each.get("id", ""))) for each in (own, *parts)]
    keys = {sheet.key for sheet in sheets}
    return Bundle(
        sheets[0],
        tuple(sheets[1:]),
        tuple(remark for sheet in sheets for remark in choices.remarks_on(sheet, keys)),
        along=along,
        cases=cases.read(data.get("tests") or []),
    )


def sheet_of(document: GraphDocument, key: str = "") -> Sheet:
    """A document as one graph of a file."""
    return Sheet(document.name, document.description, document.drawing(), key)
