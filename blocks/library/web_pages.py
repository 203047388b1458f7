"""Web pages: find parts, links and tables, make them harmless; Markdown and back."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.limits import require_room_for, text_size
from blocks.ports import Ports
from blocks.registry import register

MAX_BYTES = 2_000_000
_SECONDS = 20.0
LIMITS = "A page of at most 2 MB, 10,000 results, 20 seconds."

PAGE = (
    "<title>Teas</title><nav>Menu</nav><main><h1>Teas</h1>"
    "<p class='tea'>Green <a href='/green'>more</a></p><p class='tea'>Black</p></main>"
)


def do_page_work(job: str, arguments: Mapping[str, Any], text: str, ports: Ports) -> Any:
    """Have it done in the sandbox, under the limits that all these blocks share."""
    if text_size(text) > MAX_BYTES:
        raise BlockError("The page is larger than 2 MB")
    result = ports.sandbox.call(
        f"blocks.sandbox.jobs.web_pages:{job}", arguments, subject="The page", seconds=_SECONDS
    )
    require_room_for(result)
    return result


@register
class ExtractHtml(Block["ExtractHtml.Input"]):
    id = "extract_html_block"
    name = "Extract from web page"
    description = "Takes the parts of a web page that a CSS selector finds, such as h2 or .price."
    category = "data"
    icon = "html"
    effect = Effect.IDEMPOTENT
    limits = LIMITS

    class Input(Pins):
        html: str = Field(description="The page, or a part of one.")
        selector: str = Field(min_length=1, max_length=1_000, description="The CSS selector.")
        attribute: str = Field(
            default="",
            max_length=100,
            description="An attribute to take, such as href; empty: the text; html: the element itself.",
        )

    class Output(Pins):
        items: list[str] = Field(description="What was found, in the order of the page.")
        first: str = Field(description="The first of it; not sent when there is none.")
        count: int = Field(description="How much was found.")

    examples = (
        Example(
            given={"html": PAGE, "selector": "p.tea"},
            yields=[("items", ["Green more", "Black"]), ("first", "Green more"), ("count", 2)],
        ),
        Example(
            given={"html": PAGE, "selector": "a", "attribute": "href"},
            yields=[("items", ["/green"]), ("first", "/green"), ("count", 1)],
        ),
        Example(given={"html": PAGE, "selector": "td"}, yields=[("items", []), ("count", 0)]),
        Example(given={"html": PAGE, "selector": "p["}, error="The selector cannot be used"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        items = do_page_work("select", data.model_dump(), data.html, ports)
        yield "items", items
        if items:
            yield "first", items[0]
        yield "count", len(items)


@register
class ExtractLinks(Block["ExtractLinks.Input"]):
    id = "extract_links_block"
    name = "Links of web page"
    description = "Lists the links of a web page with their texts, each address once."
    category = "data"
    icon = "link"
    effect = Effect.IDEMPOTENT
    limits = LIMITS

    class Input(Pins):
        html: str = Field(description="The page, or a part of one.")
        base_url: str = Field(
            default="",
            max_length=10_000,
            description="The address of the page, to complete links such as /about.",
        )

    class Output(Pins):
        links: list[dict[str, str]] = Field(description='One {"url", "text"} for each link.')
        urls: list[str] = Field(description="Only the addresses.")

    examples = (
        Example(
            given={"html": PAGE, "base_url": "https://example.com/teas"},
            yields=[
                ("links", [{"url": "https://example.com/green", "text": "more"}]),
                ("urls", ["https://example.com/green"]),
            ],
        ),
        Example(
            given={"html": "<a href='javascript:alert(1)'>x</a>"},
            yields=[("links", []), ("urls", [])],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        links = do_page_work("links", data.model_dump(), data.html, ports)
        yield "links", links
        yield "urls", [link["url"] for link in links]


@register
class ExtractTables(Block["ExtractTables.Input"]):
    id = "extract_tables_block"
    name = "Tables of web page"
    description = "Reads the tables of a web page as rows; the first row of each names its columns."
    category = "data"
    icon = "table"
    effect = Effect.IDEMPOTENT
    limits = LIMITS

    class Input(Pins):
        html: str = Field(description="The page, or a part of one.")

    class Output(Pins):
        tables: list[list[dict[str, str]]] = Field(description="The rows of every table.")
        rows: list[dict[str, str]] = Field(
            description="The rows of the first table; not sent when there is none."
        )

    examples = (
        Example(
            given={
                "html": "<table><tr><th>city</th><th>n</th></tr><tr><td>Oslo</td><td>1</td></tr></table>"
            },
            yields=[
                ("tables", [[{"city": "Oslo", "n": "1"}]]),
                ("rows", [{"city": "Oslo", "n": "1"}]),
            ],
        ),
        Example(given={"html": "<p>none</p>"}, yields=[("tables", [])]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        tables = do_page_work("tables", data.model_dump(), data.html, ports)
        yield "tables", tables
        if tables:
            yield "rows", tables[0]


@register
class CleanHtml(Block["CleanHtml.Input"]):
    id = "clean_html_block"
    name = "Make HTML harmless"
    description = "Takes out of HTML all that runs or loads by itself, and keeps its structure."
    category = "data"
    icon = "shield-check"
    effect = Effect.IDEMPOTENT
    limits = LIMITS

    class Input(Pins):
        html: str = Field(description="The HTML.")
        tags: list[str] = Field(
            default=[],
            description="The only elements to keep, such as p and a; empty: all harmless.",
        )

    class Output(Pins):
        html: str = Field(description="The harmless HTML.")

    examples = (
        Example(
            given={"html": "<b onclick='x()'>Tea</b><script>alert(1)</script>"},
            yields=[("html", "<b>Tea</b>")],
        ),
        Example(
            given={"html": "<p><b>Tea</b></p>", "tags": ["p"]}, yields=[("html", "<p>Tea</p>")]
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "html", do_page_work("clean", data.model_dump(), data.html, ports)


@register
class MarkdownToHtml(Block["MarkdownToHtml.Input"]):
    id = "markdown_to_html_block"
    name = "Markdown to HTML"
    description = "Turns Markdown into HTML that cannot do harm, for mails and web pages."
    category = "text"
    icon = "html"
    effect = Effect.IDEMPOTENT
    limits = "A text of at most 2 MB, 20 seconds."

    class Input(Pins):
        markdown: str = Field(description="The Markdown text.")

    class Output(Pins):
        html: str = Field(description="The HTML.")

    examples = (
        Example(
            given={"markdown": "# Tea\n\n**Green** & <script>x</script>"},
            yields=[
                (
                    "html",
                    "<h1>Tea</h1>\n<p><strong>Green</strong> &amp; &lt;script&gt;x&lt;/script&gt;</p>\n",
                )
            ],
        ),
        Example(
            given={"markdown": "- a\n- b"},
            yields=[("html", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n")],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "html", do_page_work("from_markdown", data.model_dump(), data.markdown, ports)


@register
class HtmlToMarkdown(Block["HtmlToMarkdown.Input"]):
    id = "html_to_markdown_block"
    name = "HTML to Markdown"
    description = "Turns a web page into Markdown, which language models read best."
    category = "text"
    icon = "markdown"
    effect = Effect.IDEMPOTENT
    limits = LIMITS

    class Input(Pins):
        html: str = Field(description="The page, or a part of one.")

    class Output(Pins):
        markdown: str = Field(description="The Markdown text.")

    examples = (
        Example(
            given={"html": "<h1>Tea</h1><p>A <a href='/t'>drink</a>.</p><script>x</script>"},
            yields=[("markdown", "# Tea\n\nA [drink](/t).")],
        ),
        Example(given={"html": "<ul><li>a</li><li>b</li></ul>"}, yields=[("markdown", "- a\n- b")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "markdown", do_page_work("to_markdown", data.model_dump(), data.html, ports)
