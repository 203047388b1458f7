"""The messages format of Anthropic."""

from collections.abc import Callable, Mapping
from typing import Any

from blocks.adapters import anthropic_messages
from blocks.adapters.wire import (
    FORM_TOOL,
    Call,
    Piece,
    ToolPiece,
    TryAgainError,
    count_of,
    object_in,
    reason_of,
    text_of,
)
from blocks.base import BlockError
from blocks.ports import ChatRequest

DEFAULT_BASE_URL = "https://api.anthropic.com"

_VERSION = "2023-06-01"
_DEFAULT_MAX_TOKENS = 4096  # the format demands a limit


class AnthropicWire:
    """Streams `/v1/messages`."""

    def call(self, base_url: str, api_key: str, model: str, request: ChatRequest) -> Call:
        """The request; system messages travel beside the conversation."""
        system = [str(m["content"]) for m in request.messages if m["role"] == "system"]
        payload: dict[str, Any] = {
            "model": model,
            "messages": anthropic_messages.translated(request.messages),
            "max_tokens": request.max_tokens or _DEFAULT_MAX_TOKENS,
            "stream": True,
            **_tools(request),
        }
        if system:
            payload["system"] = "\n\n".join(system)
        if request.temperature is not None:
            payload["temperature"] = min(request.temperature, 1.0)
        return Call(f"{base(base_url)}/v1/messages", headers(api_key), payload)

    def adapted(self, payload: Mapping[str, Any], reason: str) -> Mapping[str, Any] | None:
        """Nothing to adapt: there is one server and one dialect."""
        return None

    def piece(self, event: Mapping[str, Any]) -> Piece:
        """One event: start and end carry the usage, deltas carry text and the arguments of tools."""
        read = _READERS.get(text_of(event.get("type")))
        return read(event) if read else Piece()


def base(base_url: str) -> str:
    """Where the routes of the format begin."""
    return (base_url or DEFAULT_BASE_URL).rstrip("/").removesuffix("/v1")


def headers(api_key: str) -> dict[str, str]:
    """The headers of every request."""
    return {
        "content-type": "application/json",
        "anthropic-version": _VERSION,
        "x-api-key": api_key,
    }


def _tools(request: ChatRequest) -> dict[str, Any]:
    tools = [
        {"name": t.name, "description": t.description, "input_schema": dict(t.parameters)}
        for t in request.tools
    ]
    if request.response_schema is not None:
        schema = dict(request.response_schema)
        form = {"name": FORM_TOOL, "description": "Give the answer.", "input_schema": schema}
        return {"tools": [form], "tool_choice": {"type": "tool", "name": FORM_TOOL}}
    if not tools:
        return {}
    choice = {"type": "auto", "disable_parallel_tool_use": not request.parallel_tools}
    return {"tools": tools, "tool_choice": choice}


def _start(event: Mapping[str, Any]) -> Piece:
    message = object_in(event, "message")
    tokens = count_of(object_in(message, "usage").get("input_tokens"))
    return Piece(
        model=text_of(message.get("model")),
        id=text_of(message.get("id")),
        input_tokens=tokens,
    )


def _tool_start(event: Mapping[str, Any]) -> Piece:
    block = object_in(event, "content_block")
    if block.get("type") != "tool_use":
        return Piece()
    name, id_ = text_of(block.get("name")), text_of(block.get("id"))
    return Piece(tools=(ToolPiece(_place(event), id_, name),))


def _delta(event: Mapping[str, Any]) -> Piece:
    delta = object_in(event, "delta")
    if delta.get("type") == "input_json_delta":
        arguments = text_of(delta.get("partial_json"))
        return Piece(tools=(ToolPiece(_place(event), arguments=arguments),))
    return Piece(text=text_of(delta.get("text")), reasoning=text_of(delta.get("thinking")))


def _place(event: Mapping[str, Any]) -> int:
    return count_of(event.get("index")) or 0


def _end(event: Mapping[str, Any]) -> Piece:
    reason = object_in(event, "delta").get("stop_reason")
    if reason == "refusal":
        raise BlockError("The model refused to answer.", code="llm_refused")
    tokens = count_of(object_in(event, "usage").get("output_tokens"))
    return Piece(output_tokens=tokens, is_last=bool(reason))


def _stop(_event: Mapping[str, Any]) -> Piece:
    return Piece(is_last=True)


def _failure(event: Mapping[str, Any]) -> Piece:
    raise TryAgainError(f"The model provider reports: {reason_of(event) or 'an error'}")


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Piece]] = {
    "message_start": _start,
    "content_block_start": _tool_start,
    "content_block_delta": _delta,
    "message_delta": _end,
    "message_stop": _stop,
    "error": _failure,
}
