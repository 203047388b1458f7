"""How a value is best shown: as text, rendered Markdown, a table, an image or JSON."""

import json
import re
from dataclasses import dataclass
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

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
    r"workspace://([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:#[^\s]{0,120})?"
)
_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+")


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value, ready for the template `components/value.html`."""

    form: str  # nothing, short, text, markdown, image, file, table, json
    text: str
    length: int
    html: SafeString | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    file_id: str = ""

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
    form = "table" if columns else "json"
    rows = tuple(tuple(row.get(name, "") for name in columns) for row in value) if columns else ()
    return ValueView(form, text[:MAX_SHOWN], len(text), columns=columns, rows=rows)


def _view_of_text(value: str) -> ValueView:
    length, shown = len(value), value[:MAX_SHOWN]
    if stored := _STORED_FILE.fullmatch(value):
        return ValueView("file", value, length, file_id=stored[1])
    if _IMAGE.fullmatch(value):
        return ValueView("image", value, 0)
    if length <= MAX_SHOWN and _LOOKS_LIKE_MARKDOWN.search(value):
        return ValueView("markdown", shown, length, html=rendered(value))
    if length <= 80 and "\n" not in value:
        return ValueView("short", shown, length)
    return ValueView("text", shown, length)


def rendered(text: str) -> SafeString:
    """Markdown as HTML that cannot do harm."""
    return mark_safe(nh3.clean(_MARKDOWN.render(text)))  # noqa: S308 - cleaned in the same line


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
