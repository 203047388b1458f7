"""Statements held against the web, by a server that does so for others."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.credentials import CredentialType, Reference, Secret, credentials_pin, secret_of
from blocks.library.http_calls import json_of
from blocks.ports import Ports
from blocks.registry import register

_MAX_REFERENCES = 100
_GROUNDED = (
    '{"data": {"factuality": 0.9, "result": true, "reason": "Teas are steeped.", "references":'
    ' [{"url": "https://example.com/tea", "keyQuote": "Steep it.", "isSupportive": true}]}}'
)


@register
class FactChecker(Block["FactChecker.Input"]):
    id = "fact_checker_block"
    aliases = ("d38b6c5e-9968-4271-8423-6cfe60d6e7e6",)
    name = "Check a fact"
    description = (
        "Has a statement held against the web, and says how true it is and which pages say so."
    )
    category = "network"
    icon = "square-check"
    effect = Effect.IDEMPOTENT
    timeout = 90.0

    class Input(Pins):
        statement: str = Field(min_length=1, max_length=2_000, description="What may be true.")
        credentials: Reference | None = credentials_pin(
            "jina", description="The key, if the server wants one.", optional=True
        )
        endpoint: str = Field(
            default="https://g.jina.ai", description="A server that checks as g.jina.ai does."
        )

    class Output(Pins):
        factuality: float = Field(description="How true it is, from 0 to 1.")
        result: bool = Field(description="Whether it is true.")
        reason: str = Field(description="Why.")
        references: list[dict[str, Any]] = Field(
            description="Pages with url, keyQuote and isSupportive: whether it speaks for the statement."
        )

    examples = (
        Example(
            given={
                "statement": "Tea is steeped.",
                "credentials": {"id": "7d1c0b5e-5a0e-4d0b-9d0e-0d8f6c1d2a3b"},
            },
            secret=Secret("jina", CredentialType.API_KEY, ("g.jina.ai",), {"api_key": "a key"}),
            answers=[{"status": 200, "body": _GROUNDED}],
            yields=[
                ("factuality", 0.9),
                ("result", True),
                ("reason", "Teas are steeped."),
                (
                    "references",
                    [
                        {
                            "url": "https://example.com/tea",
                            "keyQuote": "Steep it.",
                            "isSupportive": True,
                        }
                    ],
                ),
            ],
        ),
        Example(
            given={"statement": "Tea is steeped."},
            answers=[{"status": 200, "body": "{}"}],
            error="without a verdict",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        statement = quote(data.statement, safe="", errors="replace")
        reply = ports.http.request(
            "GET",
            f"{data.endpoint.rstrip('/')}/{statement}",
            headers={"Accept": "application/json"},
            timeout=75.0,
            credential=secret_of(data.credentials, ports),
        )
        answer = json_of(reply, "The checker")
        verdict = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(verdict, dict) or not isinstance(verdict.get("result"), bool):
            raise BlockError("The checker answered without a verdict")
        yield "factuality", _share(verdict.get("factuality"), is_true=verdict["result"])
        yield "result", verdict["result"]
        yield "reason", str(verdict.get("reason") or "")
        yield "references", list(_references(verdict.get("references")))


def _share(value: Any, *, is_true: bool) -> float:
    is_share = isinstance(value, int | float) and 0 <= value <= 1
    return float(value) if is_share else float(is_true)


def _references(value: Any) -> Iterator[dict[str, Any]]:
    for row in (value if isinstance(value, list) else ())[:_MAX_REFERENCES]:
        if isinstance(row, dict):
            yield {
                "url": str(row.get("url") or ""),
                "keyQuote": str(row.get("keyQuote") or ""),
                "isSupportive": bool(row.get("isSupportive")),
            }
