"""Web pages and Markdown: find parts, read tables, turn one into the other, take out what runs."""

from itertools import islice
from typing import Any
from urllib.parse import urljoin

import nh3
from bs4 import BeautifulSoup, Tag
from markdown_it import MarkdownIt
from markdownify import markdownify
from soupsieve import SelectorSyntaxError

from blocks.sandbox.errors import LimitError, RefusedError

MAX_ITEMS = 10_000
MAX_SPAN = 1_000  # columns of one cell
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_UNSEEN = ["script", "style", "noscript", "template", "iframe"]


def select(html: str, selector: str, attribute: str) -> list[str]:
    """The text, or an attribute, of every element that the CSS selector finds."""
    try:
        found = _parsed(html).select(selector, limit=MAX_ITEMS)
    except (SelectorSyntaxError, NotImplementedError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise RefusedError(f"The selector cannot be used: {reason}") from None
    if attribute == "html":
        return [str(element) for element in found]
    if attribute:
        return [_attribute(element, attribute) for element in found if element.has_attr(attribute)]
    return [_text(element) for element in found]


def links(html: str, base_url: str) -> list[dict[str, str]]:
    """Every link with its text, each address once."""
    addresses: dict[str, str] = {}
    for element in _parsed(html).find_all("a", href=True, limit=MAX_ITEMS):
        try:
            address = urljoin(base_url, _attribute(element, "href"))
        except ValueError:  # an address that cannot be
            continue
        if address.startswith(("http://", "https://")):
            addresses.setdefault(address, _text(element))
    return [{"url": address, "text": text} for address, text in addresses.items()]


def tables(html: str) -> list[list[dict[str, str]]]:
    """The rows of every table that has some, by the cells of its first row."""
    found = _parsed(html).find_all("table", limit=MAX_ITEMS)
    read = [_rows(table) for table in found]
    return [rows for rows in read if rows]


def _rows(table: Tag) -> list[dict[str, str]]:
    cells = [_cells(row) for row in table.find_all("tr", limit=MAX_ITEMS + 1)]
    cells = [row for row in cells if row]
    if len(cells) < 2:
        return []
    head = [name or str(index) for index, name in enumerate(cells[0])]
    if len(head) * len(cells) > MAX_ITEMS * 10:
        raise LimitError("it has too many cells")
    return [dict(zip(head, row, strict=False)) for row in cells[1:]]


def _cells(row: Tag) -> list[str]:
    cells: list[str] = []
    for cell in row.find_all(["td", "th"], limit=MAX_SPAN):
        span = _attribute(cell, "colspan")
        times = min(int(span[:4]), MAX_SPAN) if span.isascii() and span.isdigit() else 1
        cells += [_text(cell)] * times
    return cells


def to_markdown(html: str) -> str:
    """The page as Markdown, without what readers do not see."""
    page = _parsed(html)
    for element in page(_UNSEEN):
        element.decompose()
    lines = markdownify(str(page), heading_style="ATX", bullets="-").splitlines()
    return _without_gaps([line.rstrip() for line in lines])


def _without_gaps(lines: list[str]) -> str:
    kept = [line for index, line in enumerate(lines) if line or (index and lines[index - 1])]
    return "\n".join(kept).strip()


def from_markdown(markdown: str) -> str:
    """The text as HTML that cannot do harm."""
    return nh3.clean(_MARKDOWN.render(markdown))


def clean(html: str, tags: list[str]) -> str:
    """The page without anything that runs, loads or hides; with `tags`, only these elements."""
    return nh3.clean(html, tags=set(tags)) if tags else nh3.clean(html)


def title_and_text(html: str) -> dict[str, str]:
    """What a reader comes for: the title, and the main part as Markdown."""
    page = _parsed(html)
    title = _text(page.title) if page.title else ""
    for element in page([*_UNSEEN, "nav", "footer", "header", "aside", "form"]):
        element.decompose()
    main = next(islice(page.select("main, article"), 1), None) or page.body or page
    return {"title": title, "text": to_markdown(str(main))}


def _parsed(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def _attribute(element: Tag, name: str) -> str:
    value: Any = element.get(name, "")
    return " ".join(value) if isinstance(value, list) else str(value or "")


def _text(element: Tag) -> str:
    return " ".join(element.get_text(" ").split())
