"""The sources that a model names which searches the web, in the shape that OpenAI and OpenRouter give them."""

from collections.abc import Iterator, Mapping
from typing import Any

from blocks.adapters.wire import count_of, object_in, text_of

MAX_SOURCES = 100
_MAX_TEXT = 2_000  # characters


def sources_in(event: Mapping[str, Any], delta: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The sources in a chunk: annotations of the text, or Perplexity's search results and citations beside it."""
    rows = [*_annotated(delta), *_rows(event, "search_results"), *_rows(event, "citations")]
    return tuple(_source(row) for row in rows[:MAX_SOURCES] if text_of(row.get("url")))


def _annotated(delta: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for row in _rows(delta, "annotations"):
        if row.get("type") == "url_citation":
            yield object_in(row, "url_citation") or row


def _rows(holder: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    values = holder.get(key)
    for value in values if isinstance(values, list) else ():
        if isinstance(value, dict):
            yield value
        elif isinstance(value, str):
            yield {"url": value}


def _source(row: Mapping[str, Any]) -> Mapping[str, Any]:
    texts = {key: text_of(row.get(key))[:_MAX_TEXT] for key in ("url", "title", "content")}
    places = {key: count_of(row.get(key)) for key in ("start_index", "end_index")}
    known = {key: value for key, value in {**texts, **places}.items() if value not in {"", None}}
    return {"type": "url_citation", "url_citation": known}
