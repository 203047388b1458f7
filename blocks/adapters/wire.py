"""What the wire formats of the providers have in common: calls, pieces of answers, failures."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from blocks.base import BlockError
from blocks.ports import ChatRequest

# The event in place of the end mark that some formats send.
DONE: Mapping[str, Any] = {}

# Where a format knows no form of answers but the arguments of tools, a form is asked for as this tool.
FORM_TOOL = "give_answer"

_MAX_REASON = 300


@dataclass(frozen=True)
class Call:
    """A request to a provider, ready to be sent."""

    url: str
    headers: Mapping[str, str]
    payload: Mapping[str, Any]

    def content(self) -> bytes:
        """The body."""
        return json.dumps(self.payload).encode()


@dataclass(frozen=True)
class ToolPiece:
    """A part of a tool call; parts with the same place belong together."""

    place: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True)
class Piece:
    """One event of an answer: a bit of text, parts of tool calls, a bit of bookkeeping, or the end."""

    text: str = ""
    id: str = ""
    reasoning: str = ""
    sources: Sequence[Mapping[str, Any]] = ()
    tools: Sequence[ToolPiece] = ()
    model: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    is_last: bool = False


class Wire(Protocol):
    """How to talk to one kind of provider."""

    def call(self, base_url: str, api_key: str, model: str, request: ChatRequest) -> Call:
        """The request that asks for a streamed answer."""
        ...

    def adapted(self, payload: Mapping[str, Any], reason: str) -> Mapping[str, Any] | None:
        """The payload without what the server complains about, or None when nothing can be done."""
        ...

    def piece(self, event: Mapping[str, Any]) -> Piece:
        """What one event of the stream says. Raises `BlockError` when it reports a failure."""
        ...


class TryAgainError(BlockError):
    """The provider is busy or broken for the moment; `wait` is how long it asks us to wait."""

    def __init__(self, message: str, *, wait: float | None = None) -> None:
        super().__init__(message, code="llm_unavailable", retryable=True)
        self.wait = wait


def events(lines: Iterator[str]) -> Iterator[Mapping[str, Any]]:
    """The JSON objects of a server-sent event stream, and `DONE` when its end mark came."""
    for line in lines:
        field, _, value = line.partition(":")
        if field != "data":
            continue  # comments, event names and blank lines: the data names its own kind
        if value.strip() == "[DONE]":
            yield DONE
            return
        try:
            event = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise broken_stream() from error
        if not isinstance(event, dict):
            raise broken_stream()
        yield event


def broken_stream() -> BlockError:
    """The answer stopped half-way or is not in the expected format."""
    return BlockError(
        "The model's answer broke off or was garbled.", code="llm_broken_stream", retryable=True
    )


def reason_of(data: object) -> str:
    """The sentence in an error object: {"error": {"message": …}}, {"error": …}, {"message": …}."""
    for key in ("error", "message", "detail"):
        inner = data.get(key) if isinstance(data, dict) else None
        if inner:
            data = inner
    return " ".join(data.split())[:_MAX_REASON] if isinstance(data, str) else ""


def object_in(data: object, key: str) -> Mapping[str, Any]:
    """The object under this key, or an empty one."""
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}


def text_of(value: object) -> str:
    """`value` as text that every later step can store and send."""
    if not isinstance(value, str):
        return ""
    # A database refuses NUL, an encoder refuses halves of surrogate pairs.
    return value.replace("\0", "").encode("utf-8", errors="replace").decode()


def count_of(value: object) -> int | None:
    """A token count, or None when the provider did not send a believable one."""
    believable = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return min(value, 100_000_000) if believable and isinstance(value, int) else None


def estimate_tokens(text: str) -> int:
    """About how many tokens a text has: one for each Chinese character, one for four others."""
    wide = sum(1 for character in text if character > "\u2e7f")
    return wide + -(-(len(text) - wide) // 4)
