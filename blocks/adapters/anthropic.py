"""The messages format of Anthropic."""

from collections.abc import Mapping
from typing import Any

from blocks.adapters.wire import Call, Piece, TryAgainError, count_of, reason_of, text_of
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
            "messages": [dict(m) for m in request.messages if m["role"] != "system"],
            "max_tokens": request.max_tokens or _DEFAULT_MAX_TOKENS,
            "stream": True,
        }
        if system:
            payload["system"] = "\n\n".join(system)
        if request.temperature is not None:
            payload["temperature"] = request.temperature
        headers = {
            "content-type": "application/json",
            "anthropic-version": _VERSION,
            "x-api-key": api_key,
        }
        base = (base_url or DEFAULT_BASE_URL).rstrip("/").removesuffix("/v1")
        return Call(f"{base}/v1/messages", headers, payload)

    def adapted(self, payload: Mapping[str, Any], reason: str) -> Mapping[str, Any] | None:
        """Nothing to adapt: there is one server and one dialect."""
        return None

    def piece(self, event: Mapping[str, Any]) -> Piece:
        """One event: start and end carry the usage, deltas carry the text."""
        match event.get("type"):
            case "message_start":
                message = _object(event, "message")
                return Piece(
                    model=text_of(message.get("model")),
                    input_tokens=count_of(_object(message, "usage").get("input_tokens")),
                )
            case "content_block_delta":
                return Piece(text=text_of(_object(event, "delta").get("text")))
            case "message_delta":
                return _end(event)
            case "message_stop":
                return Piece(is_last=True)
            case "error":
                raise TryAgainError(f"The model provider reports: {reason_of(event) or 'an error'}")
            case _:
                return Piece()


def _end(event: Mapping[str, Any]) -> Piece:
    reason = _object(event, "delta").get("stop_reason")
    if reason == "refusal":
        raise BlockError("The model refused to answer.", code="llm_refused")
    tokens = count_of(_object(event, "usage").get("output_tokens"))
    return Piece(output_tokens=tokens, is_last=bool(reason))


def _object(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}
