"""How a value is best shown: as text, rendered Markdown, HTML, a table, a picture, sound or JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# What browsers show and never run; only these keep their type when a file is sent.
HARMLESS_TYPES = frozenset(
    (
        *("image/png", "image/jpeg", "image/gif", "image/webp"),
        *("audio/mpeg", "audio/ogg", "audio/wav", "audio/webm", "audio/mp4"),
        *("video/mp4", "video/webm", "video/ogg"),
    )
)
MAX_SHOWN = 20_000  # characters
LONG = 1_500
MAX_ROWS = 50
MAX_COLUMNS = 12

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_LOOKS_LIKE_MARKDOWN = re.compile(
    r"^#{1,6} \S|^```|^\|.+\|$|^(?:[-*]|\d+\.) \S.*\n(?:[-*]|\d+\.) \S|\*\*\S.*?\*\*|\[[^\]\n]+\]\(https?://",
    re.MULTILINE,
)
_STORED_FILE = re.compile(
    r"workspace://([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:#([^\s]{0,120}))?"
)
_HTML = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_EMBEDDED = {
    "image": re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+"),
    "audio": re.compile(r"data:audio/(?:mpeg|ogg|wav|webm|mp4);base64,[A-Za-z0-9+/=]+"),
}


@dataclass(frozen=True, slots=True)
class Branch:
    """An entry of a dictionary or list, with what is inside it."""

    key: str
    text: str  # the value, or for a dictionary or list how much it holds
    children: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value, ready for the template `components/value.html`."""

    form: str  # nothing, short, text, markdown, html, image, audio, video, file, table, tree, json
    text: str
    length: int
    html: SafeString | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    file_id: str = ""
    tree: Branch | None = None

    @property
    def is_long(self) -> bool:
        """Whether it is shown folded."""
        return self.length > LONG

    @property
    def is_cut(self) -> bool:
        """Whether `text` is only its beginning."""
        return self.length > MAX_SHOWN


def view_of(value: Any) -> ValueView:
    """Choose the form."""
    if value is None:
        return ValueView("nothing", "", 0)
    if isinstance(value, str):
        return _view_of_text(value)
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if isinstance(value, bool | int | float):
        return ValueView("short", text, len(text))
    columns = _columns(value)
    tree = None if columns or len(text) > MAX_SHOWN else branch_of("", value)
    form = "table" if columns else "tree" if tree and tree.children else "json"
    rows = tuple(tuple(row.get(name, "") for name in columns) for row in value) if columns else ()
    return ValueView(form, text[:MAX_SHOWN], len(text), columns=columns, rows=rows, tree=tree)


def branch_of(key: str, value: Any) -> Branch:
    """The value as a tree."""
    if isinstance(value, dict):
        children = tuple(branch_of(str(name), each) for name, each in value.items())
        return Branch(key, f"{{{len(children)}}}", children)
    if isinstance(value, list):
        children = tuple(branch_of(str(index), each) for index, each in enumerate(value))
        return Branch(key, f"[{len(children)}]", children)
    return Branch(key, value if isinstance(value, str) else json.dumps(value))


def _view_of_text(value: str) -> ValueView:
    length, shown = len(value), value[:MAX_SHOWN]
    if stored := _STORED_FILE.fullmatch(value):
        return ValueView(_form_of_file(stored[2] or ""), value, 0, file_id=stored[1])
    if embedded := next((form for form, like in _EMBEDDED.items() if like.fullmatch(value)), None):
        return ValueView(embedded, value, 0)
    if length <= MAX_SHOWN and _HTML.match(value):
        html = mark_safe(nh3.clean(value))  # nosec B308 B703 # noqa: S308 - cleaned in the same line
        return ValueView("html", shown, length, html=html)
    if length <= MAX_SHOWN and _LOOKS_LIKE_MARKDOWN.search(value):
        return ValueView("markdown", shown, length, html=rendered(value))
    is_short = length <= 80 and "\n" not in value
    return ValueView("short" if is_short else "text", shown, length)


def _form_of_file(content_type: str) -> str:
    kind = content_type.partition("/")[0]
    return kind if content_type in HARMLESS_TYPES else "file"


def rendered(text: str) -> SafeString:
    """Markdown as HTML that cannot do harm."""
    return mark_safe(nh3.clean(_MARKDOWN.render(text)))  # nosec B308 B703 # noqa: S308 - cleaned in the same line


def _columns(value: Any) -> tuple[str, ...]:
    """The columns of a list of rows; empty when it is not one that fits."""
    if not isinstance(value, list) or not 1 < len(value) <= MAX_ROWS:
        return ()
    if not all(isinstance(row, dict) and _is_flat(row) for row in value):
        return ()
    names = tuple(dict.fromkeys(name for row in value for name in row))
    return names if len(names) <= MAX_COLUMNS else ()


def _is_flat(row: dict[str, Any]) -> bool:
    return all(
        not isinstance(cell, dict | list) and len(str(cell)) <= LONG for cell in row.values()
    )
