"""A conversation in which a model asks for tools: its messages, and what is to be called."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from blocks.base import BlockError
from blocks.ports import ChatReply, NodeTool, ToolCall
from blocks.values import as_text, from_json, preview

Message = dict[str, Any]

MAX_RESULT = 20_000  # characters of what a tool gave that a model is told
_ROLES = frozenset({"system", "user", "assistant", "tool"})


@dataclass(frozen=True)
class WantedCall:
    """A call that can be made."""

    id: str
    tool: NodeTool
    arguments: Mapping[str, Any]


@dataclass
class Talk:
    """The messages so far. Ids of calls are ours: providers repeat theirs, or send none."""

    messages: list[Message] = field(default_factory=list)

    @classmethod
    def of(cls, history: Sequence[Any]) -> Self:
        """A conversation that came before. Raises `BlockError` when it is none."""
        for number, message in enumerate(history, start=1):
            if not isinstance(message, dict) or message.get("role") not in _ROLES:
                raise BlockError(
                    f'Message {number} of the history needs a "role" (system, user, assistant or tool)'
                )
            if message["role"] == "tool" and "tool_call_id" not in message:
                raise BlockError(f'Message {number} of the history needs a "tool_call_id"')
        return cls([dict(message) for message in history])

    def add(self, role: str, content: str) -> None:
        """Somebody says something."""
        self.messages.append({"role": role, "content": content})

    def add_reply(self, reply: ChatReply, tools: Sequence[NodeTool]) -> list[WantedCall]:
        """The model has answered; returns the calls that can be made. It is told what is wrong with the others."""
        message: Message = {"role": "assistant", "content": reply.text}
        calls = [self._renamed(number, call) for number, call in enumerate(reply.tool_calls, 1)]
        if calls:
            message["tool_calls"] = [_as_message(call) for call in calls]
        self.messages.append(message)
        wanted = []
        for call in calls:
            try:
                wanted.append(_checked(call, tools))
            except ValueError as error:
                self.add_result(call.id, f"This call cannot be made: {error}")
        return wanted

    def add_result(self, call_id: str, text: str) -> None:
        """What a tool has given."""
        cut = text if len(text) <= MAX_RESULT else f"{text[:MAX_RESULT]}… (cut off)"
        self.messages.append({"role": "tool", "tool_call_id": call_id, "content": cut})

    def pending(self) -> list[str]:
        """The ids of calls that have no result."""
        answered = {each.get("tool_call_id") for each in self.messages}
        return [call["id"] for call in self._calls() if call["id"] not in answered]

    def _calls(self) -> list[dict[str, Any]]:
        found = [call for message in self.messages for call in message.get("tool_calls") or ()]
        if not all(isinstance(call, dict) and isinstance(call.get("id"), str) for call in found):
            raise BlockError('Tool calls in the history need an "id"')
        return found

    def _renamed(self, number: int, call: ToolCall) -> ToolCall:
        return ToolCall(f"call_{len(self._calls()) + number}", call.name, call.arguments)


def _as_message(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def _checked(call: ToolCall, tools: Sequence[NodeTool]) -> WantedCall:
    """The call, if it can be made. Raises `ValueError`."""
    tool = next((tool for tool in tools if tool.name == call.name), None)
    if tool is None:
        names = ", ".join(tool.name for tool in tools) or "none"
        raise ValueError(f"there is no tool {preview(call.name)}; the tools are: {names}")
    arguments = from_json(call.arguments or "{}")
    if not isinstance(arguments, dict):
        raise ValueError("the arguments must be a JSON object")  # noqa: TRY004 - one kind for all mistakes
    missing = [name for name in tool.parameters.get("required", ()) if name not in arguments]
    if missing:
        raise ValueError(f"these arguments are missing: {', '.join(missing)}")
    return WantedCall(call.id, tool, arguments)


def result_text(outputs: Mapping[str, Sequence[Any]], error: str) -> str:
    """What a node has given, as a model is told: one value as it is, several by pin."""
    if error:
        return f"The tool failed: {error}"
    values = {pin: found[0] if len(found) == 1 else [*found] for pin, found in outputs.items()}
    if len(values) == 1:
        return as_text(next(iter(values.values())))
    return json.dumps(values, ensure_ascii=False) if values else "The tool gave nothing."
