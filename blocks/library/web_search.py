"""Searching the web, and reading its pages as text, through providers of the user's choice."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.credentials import CredentialType, Reference, Secret, credentials_pin, secret_of
from blocks.library.http_calls import json_body, json_of
from blocks.library.web_reading import read_through
from blocks.ports import Ports
from blocks.registry import register

_MAX_TEXT = 2_000  # characters of one result
_KEYS = {"credentials": {"id": "7d1c0b5e-5a0e-4d0b-9d0e-0d8f6c1d2a3b"}}
_HIT = {"title": "Tea", "url": "https://example.com/tea", "snippet": "About tea"}


def _secret(provider: str) -> Secret:
    """What a credential of the examples stands for."""
    return Secret(provider, CredentialType.API_KEY, ("example.com",), {"api_key": "a key"})


class Engine(StrEnum):
    """Who searches."""

    SEARXNG = "searxng"
    BRAVE = "brave"
    TAVILY = "tavily"


@register
class WebSearch(Block["WebSearch.Input"]):
    id = "web_search_block"
    name = "Web search"
    description = "Searches the web through SearXNG, Brave or a server that speaks as Tavily does."
    category = "network"
    icon = "world-search"
    effect = Effect.IDEMPOTENT

    class Input(Pins):
        query: str = Field(min_length=1, max_length=400, description="What to look for.")
        provider: Engine = Field(default=Engine.SEARXNG, description="Who searches.")
        endpoint: str = Field(
            default="",
            description="The address of the server: needed for SearXNG; else empty for the provider's own.",
        )
        limit: int = Field(default=10, ge=1, le=20, description="The most results to give.")
        credentials: Reference | None = credentials_pin(
            "brave",
            "tavily",
            "searxng",
            description="The key, for those who want one.",
            optional=True,
            discriminator="provider",
            mapping={"brave": "brave", "tavily": "tavily", "searxng": "searxng"},
        )

    class Output(Pins):
        result: dict[str, str] = Field(description="One after the other: title, url, snippet.")
        results: list[dict[str, str]] = Field(description="All of them.")

    examples = (
        Example(
            given={"query": "tea", "endpoint": "https://search.example.com"},
            answers=[
                {
                    "status": 200,
                    "body": '{"results": [{"title": "Tea", "url": "https://example.com/tea", "content": "About tea"}]}',
                }
            ],
            yields=[("result", _HIT), ("results", [_HIT])],
        ),
        Example(
            given={"query": "tea", "provider": "brave", **_KEYS},
            secret=_secret("brave"),
            answers=[
                {
                    "status": 200,
                    "body": '{"web": {"results": [{"title": "Tea", "url": "https://example.com/tea", "description": "About tea"}]}}',
                }
            ],
            yields=[("result", _HIT), ("results", [_HIT])],
        ),
        Example(
            given={"query": "tea", "provider": "tavily", **_KEYS},
            secret=_secret("tavily"),
            answers=[{"status": 200, "body": '{"results": []}'}],
            yields=[("results", [])],
        ),
        Example(given={"query": "tea"}, error="needs the address"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        method, url, body = _question(data)
        reply = ports.http.request(
            method,
            url,
            headers={"Accept": "application/json"}
            | ({"Content-Type": "application/json"} if body else {}),
            content=body,
            credential=secret_of(data.credentials, ports),
        )
        results = _hits(json_of(reply, "The search"))[: data.limit]
        for result in results:
            yield "result", result
        yield "results", results


def _question(data: WebSearch.Input) -> tuple[str, str, bytes | None]:
    """Method, address and body of the request."""
    base = data.endpoint.rstrip("/")
    match data.provider:
        case Engine.BRAVE:
            base = base or "https://api.search.brave.com/res/v1/web/search"
            return "GET", f"{base}?{urlencode({'q': data.query, 'count': data.limit})}", None
        case Engine.TAVILY:
            body = json_body({"query": data.query, "max_results": data.limit})
            return "POST", base or "https://api.tavily.com/search", body
        case Engine.SEARXNG:
            if not base:
                raise BlockError("SearXNG needs the address of a server as its endpoint")
            return "GET", f"{base}/search?{urlencode({'q': data.query, 'format': 'json'})}", None


def _hits(answer: Any) -> list[dict[str, str]]:
    """The results in an answer of any of them; what is not as expected is left out."""
    found = answer if isinstance(answer, dict) else {}
    web = found.get("web")
    hits = (web if isinstance(web, dict) else found).get("results")
    return [
        {
            "title": str(hit.get("title") or "")[:_MAX_TEXT],
            "url": str(hit.get("url") or "")[:_MAX_TEXT],
            "snippet": str(hit.get("content") or hit.get("description") or "")[:_MAX_TEXT],
        }
        for hit in (hits if isinstance(hits, list) else [])
        if isinstance(hit, dict)
    ]


def _jina() -> Any:
    return credentials_pin("jina", description="The key, if the server wants one.", optional=True)


@register
class SearchTheWeb(Block["SearchTheWeb.Input"]):
    id = "search_the_web_block"
    aliases = ("87840993-2053-44b7-8da4-187ad4ee518c",)
    name = "Search the web"
    description = (
        "Searches the web and gives the results as one text, for a language model to read."
    )
    category = "network"
    icon = "world-search"
    effect = Effect.IDEMPOTENT

    class Input(Pins):
        credentials: Reference | None = _jina()
        query: str = Field(min_length=1, max_length=2_000, description="What to look for.")
        endpoint: str = Field(
            default="https://s.jina.ai", description="A server that searches as s.jina.ai does."
        )

    class Output(Pins):
        results: str = Field(description="What was found.")

    examples = (
        Example(
            given={"query": "green tea", **_KEYS},
            secret=_secret("jina"),
            answers=[{"status": 200, "body": "1. Tea"}],
            yields=[("results", "1. Tea")],
        ),
        Example(
            given={"query": "tea"},
            answers=[{"status": 401, "body": "Authentication is required"}],
            error="answered 401",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        query = quote(data.query, safe="", errors="replace")
        yield "results", read_through(data.endpoint, query, data.credentials, ports)
