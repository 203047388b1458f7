"""A model's answer while it arrives: collected, bounded, and judged at its end."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from blocks.adapters.sources import MAX_SOURCES
from blocks.adapters.wire import (
    FORM_TOOL,
    Piece,
    ToolPiece,
    TryAgainError,
    broken_stream,
    estimate_tokens,
)
from blocks.base import BlockError
from blocks.ports import ChatReply, ChatRequest, ToolCall

logger = logging.getLogger(__name__)

MAX_CHARACTERS = 2_000_000
MAX_TOOL_CALLS = 100  # in one answer


def _too_long() -> BlockError:
    return BlockError(
        f"The model's answer is longer than {MAX_CHARACTERS:,} characters.", code="llm_too_long"
    )


def _known(new: int | None, old: int | None) -> int | None:
    return old if new is None else new


@dataclass
class Answer:
    """As much of an answer as has come."""

    parts: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    sources: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # by what they say
    id: str = ""
    tools: dict[int, list[ToolPiece]] = field(default_factory=dict)  # by place
    size: int = 0
    model: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    is_complete: bool = False

    def add(self, piece: Piece) -> None:
        """Take in the next piece. Raises when the answer becomes too long."""
        self.size += len(piece.text) + len(piece.reasoning)
        self.size += sum(len(part.arguments) for part in piece.tools)
        for part in piece.tools:
            self.tools.setdefault(part.place, []).append(part)
        if self.size > MAX_CHARACTERS or len(self.tools) > MAX_TOOL_CALLS:
            raise _too_long()
        self.parts.append(piece.text)
        self.thoughts.append(piece.reasoning)
        for source in piece.sources[: MAX_SOURCES - len(self.sources)]:
            self.sources.setdefault(str(source), source)  # some send all of them with every piece
        self.id = piece.id or self.id
        self.model = piece.model or self.model
        self.input_tokens = _known(piece.input_tokens, self.input_tokens)
        self.output_tokens = _known(piece.output_tokens, self.output_tokens)
        self.is_complete = self.is_complete or piece.is_last

    def failure(self, error: BlockError) -> BlockError:
        """What an error in the middle of the stream means for the caller."""
        if error.code == "unreachable":
            return broken_stream()
        if error.code == "too_large":
            return _too_long()
        if self.size and isinstance(error, TryAgainError):
            # Asking again would show the watchers the beginning twice.
            return BlockError(str(error), code="llm_broken_stream", retryable=True)
        return error

    def check(self) -> None:
        """Refuse an answer without an end, or with neither text nor tools."""
        if not self.is_complete:
            raise broken_stream()
        if not "".join(self.parts).strip() and not self.tools:
            raise BlockError("The model gave an empty answer.", code="llm_empty", retryable=True)

    def reply(self, provider: str, model: str, request: ChatRequest) -> ChatReply:
        """The finished answer; token counts that the provider did not send are estimated."""
        if self.input_tokens is None or self.output_tokens is None:
            logger.warning("No usable token counts from %s for %s, estimating", provider, model)
        calls = self._calls()
        forms = [call.arguments for call in calls if call.name == FORM_TOOL]
        text = "".join(forms or self.parts)
        asked = "\n".join(str(message.get("content", "")) for message in request.messages)
        return ChatReply(
            text=text,
            model=self.model or model,
            provider=provider,
            input_tokens=_known(self.input_tokens, estimate_tokens(asked)) or 0,
            output_tokens=_known(self.output_tokens, estimate_tokens(text)) or 0,
            tool_calls=tuple(call for call in calls if call.name != FORM_TOOL),
            id=self.id,
            reasoning="".join(self.thoughts),
            annotations=tuple(self.sources.values()),
        )

    def _calls(self) -> list[ToolCall]:
        """The tools asked for, in their order. Ids are only there to match results; some servers send none."""
        return [
            ToolCall(
                id=next((part.id for part in parts if part.id), f"call_{place}"),
                name=next((part.name for part in parts if part.name), ""),
                arguments="".join(part.arguments for part in parts),
            )
            for place, parts in sorted(self.tools.items())
        ]
