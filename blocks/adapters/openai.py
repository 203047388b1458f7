"""The chat completions format of OpenAI, which most providers and local servers speak."""

from collections.abc import Mapping
from typing import Any

from blocks.adapters.wire import Call, Piece, TryAgainError, count_of, reason_of, text_of
from blocks.base import BlockError
from blocks.ports import ChatRequest

DEFAULT_BASE_URL = "https://api.openai.com/v1"


class OpenAiWire:
    """Streams `/chat/completions`."""

    def call(self, base_url: str, api_key: str, model: str, request: ChatRequest) -> Call:
        """The request; servers without keys get no authorization header."""
        payload: dict[str, Any] = {
            "model": model,
            "messages": [dict(message) for message in request.messages],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.max_tokens is not None:
            payload["max_tokens"] = request.max_tokens
        if request.temperature is not None:
            payload["temperature"] = request.temperature
        headers = {"content-type": "application/json"}
        if api_key:
            headers["authorization"] = f"Bearer {api_key}"
        base = (base_url or DEFAULT_BASE_URL).rstrip("/")
        return Call(f"{base}/chat/completions", headers, payload)

    def adapted(self, payload: Mapping[str, Any], reason: str) -> Mapping[str, Any] | None:
        """Reasoning models want the limit under another name; old servers know no usage option."""
        rest = dict(payload)
        if "max_completion_tokens" in reason and "max_tokens" in rest:
            rest["max_completion_tokens"] = rest.pop("max_tokens")
            return rest
        if "stream_options" in reason and rest.pop("stream_options", None):
            return rest
        return None

    def piece(self, event: Mapping[str, Any]) -> Piece:
        """One chunk; the last ones carry the reason for the end and the usage."""
        if event.get("error"):
            raise TryAgainError(f"The model provider reports: {reason_of(event) or 'an error'}")
        usage = event.get("usage")
        usage = usage if isinstance(usage, dict) else {}
        choice = _first(event.get("choices"))
        delta = choice.get("delta")
        text = text_of(delta.get("content")) if isinstance(delta, dict) else ""
        if choice.get("finish_reason") == "content_filter":
            raise BlockError("The provider's filter stopped the answer.", code="llm_refused")
        return Piece(
            text=text,
            model=text_of(event.get("model")),
            input_tokens=count_of(usage.get("prompt_tokens")),
            output_tokens=count_of(usage.get("completion_tokens")),
            is_last=bool(choice.get("finish_reason")),
        )


def _first(choices: object) -> Mapping[str, Any]:
    """The first choice; the usage chunk at the end has none."""
    first = choices[0] if isinstance(choices, list) and choices else {}
    return first if isinstance(first, dict) else {}
