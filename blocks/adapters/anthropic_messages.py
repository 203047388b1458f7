"""A conversation as Anthropic wants it: content in blocks, results of tools as messages of the user."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from blocks.adapters.wire import object_in

Message = dict[str, Any]


def translated(messages: Sequence[Mapping[str, Any]]) -> list[Message]:
    """The conversation without its system messages.

    Messages of one side that follow each other become one: all results of tools must come together.
    """
    found: list[Message] = []
    for message in messages:
        if message["role"] == "system":
            continue
        role = "assistant" if message["role"] == "assistant" else "user"
        content = _content(message)
        if found and found[-1]["role"] == role:
            found[-1]["content"] = [*_blocks(found[-1]["content"]), *_blocks(content)]
        else:
            found.append({"role": role, "content": content})
    return found


def _content(message: Mapping[str, Any]) -> str | list[Message]:
    content = message.get("content") or ""
    if message["role"] == "tool":
        result = {"tool_use_id": message["tool_call_id"], "content": content}
        return [{"type": "tool_result", **result}]
    if message.get("tool_calls"):
        return [*_blocks(content), *_tool_uses(message["tool_calls"])]
    return content if isinstance(content, str) else _blocks(content)


def _blocks(content: str | Sequence[Message]) -> list[Message]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return [_block(part) for part in content]


def _block(part: Message) -> Message:
    if part.get("type") != "image_url":
        return part
    url = str(object_in(part, "image_url").get("url", ""))
    if not url.startswith("data:"):
        return {"type": "image", "source": {"type": "url", "url": url}}
    header, _, data = url.removeprefix("data:").partition(",")
    source = {"type": "base64", "media_type": header.partition(";")[0], "data": data}
    return {"type": "image", "source": source}


def _tool_uses(calls: Sequence[Message]) -> Iterator[Message]:
    for call in calls:
        function = call["function"]
        try:
            arguments = json.loads(function["arguments"])
        except (ValueError, RecursionError):
            arguments = None
        # The format takes objects only; what a model garbled is told to it in the result.
        given = arguments if isinstance(arguments, dict) else {}
        yield {"type": "tool_use", "id": call["id"], "name": function["name"], "input": given}
