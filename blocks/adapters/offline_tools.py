"""Tools and the offline model: it cannot choose, so it calls what the user's message spells out.

A line such as `@add {"a": 1, "b": 2}` is a call; the lines are followed one after the other. When all have
been called, the answer is what the tools said.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from blocks.adapters.prompt import text_in
from blocks.ports import ChatRequest, ToolCall

_CALL = re.compile(r"^@([\w-]{1,64})[ \t]+(\{.*\})[ \t]*$", re.MULTILINE)


def next_call(request: ChatRequest) -> ToolCall | None:
    """The first spelled-out call that has no result yet."""
    lines, results = _script(request)
    if len(results) >= len(lines):
        return None
    name, arguments = lines[len(results)]
    return ToolCall(f"call_{len(results)}", name, arguments)


def told(request: ChatRequest) -> str:
    """What the tools said, if the user's message spelled out calls."""
    lines, results = _script(request)
    return "\n".join(results[: len(lines)])


def _script(request: ChatRequest) -> tuple[list[tuple[str, str]], list[str]]:
    """The calls in the last message of the user, and the results that came after it."""
    roles = [message.get("role") for message in request.messages]
    if not request.tools or "user" not in roles:
        return [], []
    asked = len(roles) - 1 - roles[::-1].index("user")
    return _CALL.findall(text_in(request.messages[asked])), _results(request.messages[asked:])


def _results(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    return [text_in(message) for message in messages if message.get("role") == "tool"]
