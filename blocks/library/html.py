"""Web pages: what a reader would see of them, as text."""

import html
import re
from collections.abc import Iterator

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.limits import text_size
from blocks.ports import Ports
from blocks.registry import register

MAX_BYTES = 2_000_000

_UNSEEN = frozenset({"script", "style", "title", "template", "noscript", "iframe", "textarea"})
_LINES = frozenset({"br", "li", "tr", "dt", "dd", "option", "summary"})
_PARAGRAPHS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "ul", "ol", "dl", "table", "pre", "hr"}
    | {"article", "section", "header", "footer", "nav", "main", "aside", "blockquote", "figure"}
    | {"figcaption", "form", "fieldset", "address", "details", "body"}
)
_CELLS = frozenset({"td", "th"})

_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_TAG = re.compile(r"</?([a-zA-Z][^\s/>]*)")
# One step through the attributes of a tag: to its end, or over a value, which may have a ">" in quotes.
_ATTRIBUTE = re.compile(r"""[^>=]*(?:(?P<end>>)|=\s*(?:"[^"]*"|'[^']*')?)""")
_SPACE = re.compile(r"\s+")
_SPACES = re.compile(r" {2,}")
_LINE_END = re.compile(r" *\n *")
_GAP = re.compile(r"\n{3,}")


@register
class HtmlToText(Block["HtmlToText.Input"]):
    id = "html_to_text_block"
    name = "HTML to text"
    description = (
        "Takes the text out of a web page: no tags, no scripts, a blank line between paragraphs."
    )
    category = "text"
    icon = "html"

    class Input(Pins):
        html: str = Field(description="The page, or a part of one; at most 2 MB.")

    class Output(Pins):
        text: str = Field(description="What a reader would see.")

    examples = (
        Example(
            given={
                "html": "<title>Tea</title><style>p { color: red }</style>"
                "<h1>Green &amp; black</h1>\n<p>Tea  is a <b>drink</b>.<br>It is hot.</p>"
                "<script>if (a < b) { alert('<p>') }</script>"
            },
            yields=[("text", "Green & black\n\nTea is a drink.\nIt is hot.")],
        ),
        Example(
            given={"html": "<ul><li>one</li><li><a title='a > b'>two</a></li></ul><!-- <p> -->"},
            yields=[("text", "one\ntwo")],
        ),
        Example(
            given={"html": "<tr><td>茶</td><td>10 &lt; 20</td></tr>"},
            yields=[("text", "茶 10 < 20")],
        ),
        Example(given={"html": "No tags, 1 < 2"}, yields=[("text", "No tags, 1 < 2")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "text", text_of_page(data.html)


def text_of_page(page: str) -> str:
    """What a reader would see of a page. Raises `BlockError` for one that is too large."""
    if text_size(page) > MAX_BYTES:
        raise BlockError("The page is larger than 2 MB")
    text = _LINE_END.sub("\n", _SPACES.sub(" ", "".join(_pieces(page))))
    return _GAP.sub("\n\n", text).strip()


def _pieces(page: str) -> Iterator[str]:
    """Text and gaps, in one pass. What is never closed is unseen up to the end, as in browsers."""
    position = 0
    while position < len(page):
        markup = _MARKUP.search(page, position)
        start = markup.start() if markup else len(page)
        yield _SPACE.sub(" ", _unescaped(page[position:start]))
        tag = _TAG.match(page, start)
        if tag:
            yield _gap(tag[1].lower(), is_opening=page[start + 1] != "/")
            position = _end_of_element(page, tag)
        else:
            position = _end_of_remark(page, start)


def _gap(name: str, *, is_opening: bool) -> str:
    """What separates the text before the tag from the text behind it."""
    if name in _PARAGRAPHS:
        return "\n\n"
    if name in _LINES and is_opening:
        return "\n"
    return " " if name in _CELLS else ""


def _end_of_element(page: str, tag: re.Match[str]) -> int:
    """Where to go on: behind the tag, or behind the whole element if its content is unseen."""
    position = tag.end()
    step = _ATTRIBUTE.match(page, position)
    while step and not step["end"]:
        step = _ATTRIBUTE.match(page, step.end())
    if step is None:
        return len(page)
    position = step.end()
    if tag[1].lower() not in _UNSEEN or tag[0].startswith("</"):
        return position
    closing = re.compile(rf"</{tag[1]}(?=[\s/>])", re.IGNORECASE).search(page, position)
    return closing.start() if closing else len(page)


def _end_of_remark(page: str, start: int) -> int:
    """Behind a comment, a document type or the like."""
    mark = "-->" if page.startswith("<!--", start) else ">"
    end = page.find(mark, start)
    return len(page) if end < 0 else end + len(mark)


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:
        raise BlockError("The page has a character reference that cannot be read") from None
