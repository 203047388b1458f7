"""Reading pages of the web: here, or by a server that does so for others."""

from collections.abc import Iterator

from pydantic import Field

from blocks.base import Block, Effect, Example, Pins, PinValue
from blocks.credentials import CredentialType, Reference, Secret, credentials_pin, secret_of
from blocks.library.fetching import fetched
from blocks.library.http_calls import require_good
from blocks.library.web_pages import LIMITS, PAGE, do_page_work
from blocks.ports import Ports
from blocks.registry import register

_READER = "https://r.jina.ai"


def read_through(endpoint: str, what: str, credentials: Reference | None, ports: Ports) -> str:
    """The text that a server like r.jina.ai or s.jina.ai gives."""
    reply = ports.http.request(
        "GET",
        f"{endpoint.rstrip('/')}/{what}",
        headers={"Accept": "text/plain"},
        timeout=50.0,
        credential=secret_of(credentials, ports),
    )
    require_good(reply)
    return reply.text()


@register
class ExtractWebsiteContent(Block["ExtractWebsiteContent.Input"]):
    id = "extract_website_content_block"
    aliases = ("436c3984-57fd-4b85-8e9a-459b356883bd",)
    name = "Read web page"
    description = "Fetches a web page and gives what a reader comes for, as Markdown."
    category = "network"
    icon = "world"
    effect = Effect.IDEMPOTENT
    limits = LIMITS

    class Input(Pins):
        url: str = Field(description="The address of the page.")
        raw_content: bool = Field(default=False, description="Give the page as it was sent.")
        credentials: Reference | None = credentials_pin(
            "jina",
            optional=True,
            takes_default=False,
            description="A key for r.jina.ai, which then reads the page; empty: it is read here.",
        )

    class Output(Pins):
        content: str = Field(description="The content of the page.")
        title: str = Field(description="Its title; not sent with raw content.")

    examples = (
        Example(
            given={"url": "https://example.com/teas"},
            answers=[{"status": 200, "body": PAGE}],
            yields=[
                ("content", "# Teas\n\nGreen [more](/green)\n\nBlack"),
                ("title", "Teas"),
            ],
        ),
        Example(
            given={"url": "https://example.com/raw", "raw_content": True},
            answers=[{"status": 200, "body": "<p>Tea</p>"}],
            yields=[("content", "<p>Tea</p>")],
        ),
        Example(
            given={"url": "https://example.com/gone"},
            answers=[{"status": 404}],
            error="The server answered 404",
        ),
        Example(
            given={
                "url": "https://example.com/teas",
                "credentials": {"id": "7d1c0b5e-5a0e-4d0b-9d0e-0d8f6c1d2a3b"},
            },
            secret=Secret("jina", CredentialType.API_KEY, ("r.jina.ai",), {"api_key": "a key"}),
            answers=[{"status": 200, "body": "Green tea"}],
            yields=[("content", "Green tea")],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if data.credentials and not data.raw_content:
            yield "content", read_through(_READER, data.url, data.credentials, ports)
            return
        page = fetched(data.url, ports).text()
        if data.raw_content:
            yield "content", page
            return
        found = do_page_work("title_and_text", {"html": page}, page, ports)
        yield "content", found["text"]
        yield "title", found["title"]
