"""Answers of a language model in OpenAI's format, by script."""

import json
from typing import Any

from tests.blocks.adapters.site import Answer


def said(text: str, tokens_in: int = 0, tokens_out: int = 0) -> Answer:
    """The model says this and has used so many tokens."""
    return _answer({"content": text}, tokens_in, tokens_out)


def asks(*calls: tuple[str, Any]) -> Answer:
    """The model asks for tools: (name, arguments); text stands for itself."""
    parts = [
        {
            "index": index,
            "id": "same",
            "function": {
                "name": name,
                "arguments": given if isinstance(given, str) else json.dumps(given),
            },
        }
        for index, (name, given) in enumerate(calls)
    ]
    return _answer({"tool_calls": parts}, 10, 10)


def _answer(delta: dict[str, Any], tokens_in: int, tokens_out: int) -> Answer:
    usage = {"prompt_tokens": tokens_in, "completion_tokens": tokens_out}
    events = [{"model": "m-1", "choices": [{"delta": delta}]}, {"usage": usage}]
    lines = [b"data: " + json.dumps(event).encode() for event in events]
    return Answer(chunks=[b"\n\n".join([*lines, b"data: [DONE]", b""])])
