"""The chat completions format of OpenAI, which most providers and local servers speak."""

from collections.abc import Iterator, Mapping
from typing import Any

from blocks.adapters.sources import sources_in
from blocks.adapters.wire import (
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

DEFAULT_BASE_URL = "https://api.openai.com/v1"
_DISPENSABLE = ("stream_options", "response_format", "parallel_tool_calls", "reasoning_effort")


class OpenAiWire:
    """Streams `/chat/completions`."""

    def call(self, base_url: str, api_key: str, model: str, request: ChatRequest) -> Call:
        """The request; servers without keys get no authorization header."""
        payload: dict[str, Any] = {
            "model": model,
            "messages": [dict(message) for message in request.messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            **_tools(request),
            **_form(request),
        }
        if request.max_tokens is not None:
            payload["max_tokens"] = request.max_tokens
        if request.temperature is not None:
            payload["temperature"] = request.temperature
        if request.reasoning_effort:
            payload["reasoning_effort"] = request.reasoning_effort
        return Call(f"{base(base_url)}/chat/completions", headers(api_key), payload)

    def adapted(self, payload: Mapping[str, Any], reason: str) -> Mapping[str, Any] | None:
        """Reasoning models want the limit under another name; old servers lack some options."""
        rest = dict(payload)
        if "max_completion_tokens" in reason and "max_tokens" in rest:
            rest["max_completion_tokens"] = rest.pop("max_tokens")
            return rest
        for option in _DISPENSABLE:
            if option in reason and rest.pop(option, None) is not None:
                return rest
        return None

    def piece(self, event: Mapping[str, Any]) -> Piece:
        """One chunk; the last ones carry the reason for the end and the usage."""
        if event.get("error"):
            raise TryAgainError(f"The model provider reports: {reason_of(event) or 'an error'}")
        usage = object_in(event, "usage")
        choice = _first(event.get("choices"))
        delta = object_in(choice, "delta")
        if choice.get("finish_reason") == "content_filter":
            raise BlockError("The provider's filter stopped the answer.", code="llm_refused")
        return Piece(
            text=text_of(delta.get("content")),
            id=text_of(event.get("id")),
            reasoning=text_of(delta.get("reasoning_content") or delta.get("reasoning")),
            sources=sources_in(event, delta),
            tools=tuple(_tool_pieces(delta.get("tool_calls"))),
            model=text_of(event.get("model")),
            input_tokens=count_of(usage.get("prompt_tokens")),
            output_tokens=count_of(usage.get("completion_tokens")),
            is_last=bool(choice.get("finish_reason")),
        )


def base(base_url: str) -> str:
    """Where the routes of the format begin."""
    return (base_url or DEFAULT_BASE_URL).rstrip("/")


def headers(api_key: str) -> dict[str, str]:
    """The headers of every request."""
    found = {"content-type": "application/json"}
    if api_key:
        found["authorization"] = f"Bearer {api_key}"
    return found


def _tools(request: ChatRequest) -> dict[str, Any]:
    if not request.tools:
        return {}
    tools = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": dict(tool.parameters),
            },
        }
        for tool in request.tools
    ]
    return (
        {"tools": tools}
        if request.parallel_tools
        else {
            "tools": tools,
            "parallel_tool_calls": False,
        }
    )


def _form(request: ChatRequest) -> dict[str, Any]:
    if request.response_schema is None:
        return {}
    schema = {"name": "answer", "schema": dict(request.response_schema)}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def _tool_pieces(calls: object) -> Iterator[ToolPiece]:
    """The parts of tool calls in a chunk; servers that send whole calls may leave out the index."""
    for number, call in enumerate(calls if isinstance(calls, list) else ()):
        if not isinstance(call, dict):
            continue
        place = count_of(call.get("index"))
        function = object_in(call, "function")
        yield ToolPiece(
            place=number if place is None else place,
            id=text_of(call.get("id")),
            name=text_of(function.get("name")),
            arguments=text_of(function.get("arguments")),
        )


def _first(choices: object) -> Mapping[str, Any]:
    """The first choice; the usage chunk at the end has none."""
    first = choices[0] if isinstance(choices, list) and choices else {}
    return first if isinstance(first, dict) else {}
