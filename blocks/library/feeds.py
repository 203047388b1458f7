"""What is new elsewhere: feeds and the encyclopedia."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.library.fetching import fetched
from blocks.library.llm import DEPRECATED
from blocks.limits import require_room_for
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import from_json

_FEED = (
    "<rss version='2.0'><channel><title>Teas</title><item><title>Green</title>"
    "<link>https://example.com/green</link><description>New.</description>"
    "<pubDate>Sat, 31 Jan 2026 09:00:00 GMT</pubDate></item><item><title>Old</title>"
    "<pubDate>Sat, 31 Jan 2015 09:00:00 GMT</pubDate></item></channel></rss>"
)
_GREEN = {
    "title": "Green",
    "link": "https://example.com/green",
    "description": "New.",
    "pub_date": "2026-01-31T09:00:00+00:00",
    "author": "",
    "categories": [],
}


@register
class ReadRssFeed(Block["ReadRssFeed.Input"]):
    id = "read_rss_feed_block"
    aliases = ("5ebe6768-8e5d-41e3-9134-1c7bd89a8d52",)
    name = "Read feed"
    description = "Reads an RSS or Atom feed and sends what is new in it."
    category = "network"
    icon = "rss"
    effect = Effect.IDEMPOTENT
    limits = "The first 1,000 entries; 10 seconds to read them."

    class Input(Pins):
        rss_url: str = Field(description="The address of the feed.")
        time_period: int = Field(
            default=1440,
            ge=0,
            description="How many minutes back an entry counts as new; 0: send all.",
        )
        polling_rate: int = Field(
            default=300,
            ge=0,
            description="Accepted from other platforms; a schedule of the graph looks again.",
            json_schema_extra=DEPRECATED,
        )
        run_continuously: bool = Field(
            default=True,
            description="Accepted from other platforms; the feed is read once for each firing.",
            json_schema_extra=DEPRECATED,
        )

    class Output(Pins):
        entry: dict[str, Any] = Field(description="Sent once for each new entry.")
        entries: list[dict[str, Any]] = Field(description="All new entries.")
        title: str = Field(description="The title of the feed.")

    examples = (
        Example(
            given={"rss_url": "https://example.com/feed"},
            answers=[{"status": 200, "body": _FEED}],
            yields=[("entry", _GREEN), ("entries", [_GREEN]), ("title", "Teas")],
        ),
        Example(
            given={"rss_url": "https://example.com/feed", "time_period": 1},
            answers=[{"status": 200, "body": _FEED}],
            yields=[("entries", []), ("title", "Teas")],
        ),
        Example(
            given={"rss_url": "https://example.com/"},
            answers=[{"status": 200, "body": "hello"}],
            error="no RSS or Atom feed",
        ),
        Example(
            given={"rss_url": "https://example.com/"},
            answers=[{"status": 503}],
            error="The server answered 503",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        reply = fetched(data.rss_url, ports)
        feed = ports.sandbox.call(
            "blocks.sandbox.jobs.feeds:read",
            {
                "content": b64encode(reply.body).decode(),
                "content_type": reply.headers.get("content-type", "application/xml"),
            },
            subject="The feed",
        )
        require_room_for(feed)
        entries = _new(feed["entries"], data.time_period, ports.run.now())
        for entry in entries:
            yield "entry", entry
        yield "entries", entries
        yield "title", feed["title"]


def _new(entries: list[dict[str, Any]], minutes: int, now: datetime) -> list[dict[str, Any]]:
    """The entries of the last minutes; one without a date counts as new."""
    try:
        since = now - timedelta(minutes=minutes)
    except OverflowError:
        return entries
    return [
        entry
        for entry in entries
        if not minutes or not entry["pub_date"] or datetime.fromisoformat(entry["pub_date"]) > since
    ]


@register
class GetWikipediaSummary(Block["GetWikipediaSummary.Input"]):
    id = "get_wikipedia_summary_block"
    aliases = ("f5b0f5d0-1862-4d61-94be-3ad0fa772760",)
    name = "Get Wikipedia summary"
    description = "Gives the first paragraph of an article of Wikipedia."
    category = "network"
    icon = "book"
    effect = Effect.IDEMPOTENT

    class Input(Pins):
        topic: str = Field(min_length=1, max_length=250, description="The title of the article.")
        language: str = Field(
            default="en",
            pattern="^[a-z]{2,3}(-[a-z]{2,8})?$",
            description="Which Wikipedia: en, zh, de …; small letters only.",
        )

    class Output(Pins):
        summary: str = Field(description="The first paragraph.")

    examples = (
        Example(
            given={"topic": "Green tea"},
            answers=[{"status": 200, "body": '{"extract": "Green tea is a type of tea."}'}],
            yields=[("summary", "Green tea is a type of tea.")],
        ),
        Example(
            given={"topic": "Nothing of the kind"},
            answers=[{"status": 404}],
            error="has no article",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        title = quote(data.topic.strip().replace(" ", "_").encode(errors="replace"), safe="")
        url = f"https://{data.language}.wikipedia.org/api/rest_v1/page/summary/{title}"
        try:
            reply = fetched(url, ports)
            article = from_json(reply.text())
        except ValueError:
            article = None
        except BlockError as error:
            if error.retryable or "404" not in str(error):
                raise
            raise BlockError(f'Wikipedia has no article "{data.topic[:60]}"') from None
        if not isinstance(article, dict) or not isinstance(article.get("extract"), str):
            raise BlockError("Wikipedia gave an answer that cannot be read")
        yield "summary", article["extract"]
