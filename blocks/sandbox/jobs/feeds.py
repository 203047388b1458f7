"""RSS and Atom feeds."""

import base64
import calendar
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import feedparser

from blocks.sandbox.errors import RefusedError

MAX_ENTRIES = 1_000


def read(content: str, content_type: str) -> dict[str, Any]:
    """Title and entries of the feed, as the feed has them."""
    # As a stream: feedparser would take bytes for the name of a file, and text for an address.
    stream = BytesIO(base64.b64decode(content))
    feed = feedparser.parse(stream, response_headers={"content-type": content_type})
    if not feed.get("version") and not feed.entries:
        raise RefusedError("The address gives no RSS or Atom feed")
    return {
        "title": feed.feed.get("title", ""),
        "entries": [_entry(each) for each in feed.entries[:MAX_ENTRIES]],
    }


def _entry(entry: Any) -> dict[str, Any]:
    return {
        "title": entry.get("title", ""),
        "link": entry.get("link", ""),
        "description": entry.get("summary", ""),
        "pub_date": _moment(entry.get("published_parsed") or entry.get("updated_parsed")),
        "author": entry.get("author", ""),
        "categories": [tag.term for tag in entry.get("tags", []) if tag.get("term")],
    }


def _moment(parts: Any) -> str | None:
    if not parts:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parts), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None
