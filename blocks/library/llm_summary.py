"""Summaries of texts of any length: piece by piece, then a summary of the summaries."""

from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field

from blocks.base import BlockError, Example, PinValue
from blocks.library.llm import AiBlock, ModelOutput, ModelPins, origin
from blocks.library.prompts import Message, messages_of
from blocks.ports import ChatReply, Ports
from blocks.registry import register

# A token is four letters of English but about one Chinese character; two is safe for most texts.
_CHARACTERS_PER_TOKEN = 2
MAX_PIECES = 100
_STANDARD_TOKENS = 4096
# A round that takes away less than this would not end in reasonable time and cost.
_ENOUGH_SHORTER = 0.9


class SummaryStyle(StrEnum):
    """What a summary looks like."""

    CONCISE = "concise"
    DETAILED = "detailed"
    BULLET_POINTS = "bullet points"
    NUMBERED_LIST = "numbered list"


@register
class AiTextSummarizer(AiBlock["AiTextSummarizer.Input"]):
    id = "ai_text_summarizer_block"
    aliases = ("a0a69be1-4528-491c-a85a-a4ab6873e3f0",)
    name = "AI text summariser"
    description = "Summarises a text with a language model, however long the text is."
    icon = "file-text"

    class Input(ModelPins):
        text: str = Field(description="The text to summarise.")
        focus: str = Field(
            default="general information", description="What the summary should be about."
        )
        style: SummaryStyle = Field(
            default=SummaryStyle.CONCISE, description="What the summary should look like."
        )
        max_tokens: int | None = Field(
            default=_STANDARD_TOKENS,
            ge=1,
            description="The largest piece to summarise at once, in tokens.",
        )
        chunk_overlap: int = Field(
            default=100, ge=0, description="How many tokens two pieces have in common."
        )

    class Output(ModelOutput):
        summary: str = Field(description="The summary.")

    examples = (
        Example(
            given={"text": "Tea is a drink."},
            answers=[{"text": "Tea."}],
            yields=[("summary", "Tea."), ("prompt", list), ("model", "test (scripted)")],
        ),
        Example(
            given={"text": "aaaa bbbb cccc", "max_tokens": 4, "chunk_overlap": 0},
            answers=[{"text": "A"}, {"text": "B"}, {"text": "C"}, {"text": "ABC"}],
            yields=[("summary", "ABC"), ("prompt", list), ("model", "test (scripted)")],
        ),
        Example(given={"text": " "}, error="There is no text"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        text = data.text.strip()
        if not text:
            raise BlockError("There is no text to summarise")
        size = (data.max_tokens or _STANDARD_TOKENS) * _CHARACTERS_PER_TOKEN
        while len(text) > size:
            pieces = _pieces(text, size, data.chunk_overlap * _CHARACTERS_PER_TOKEN)
            shorter = "\n\n".join(self._ask(piece, data, ports)[1].text for piece in pieces)
            if len(shorter) > len(text) * _ENOUGH_SHORTER:
                raise BlockError("The model does not make the text much shorter")
            text = shorter
        messages, reply = self._ask(text, data, ports)
        yield "summary", reply.text
        yield from origin(messages, reply)

    def _ask(self, text: str, data: Input, ports: Ports) -> tuple[list[Message], ChatReply]:
        if ports.run.is_cancelled():
            raise BlockError("The run was stopped")
        instruction = (
            f"Summarise the text below. Style: {data.style}. Focus: {data.focus}. "
            "Answer with the summary only, in the language of the text."
        )
        messages = messages_of(system="", user=f"{instruction}\n\n{text}")
        return messages, ports.llm.chat(data.request(messages, ports))


def _pieces(text: str, size: int, overlap: int) -> list[str]:
    """Pieces of at most this many characters, cut at a space where there is one."""
    if overlap >= size:
        raise BlockError("The overlap must be smaller than the pieces")
    if len(text) // (size - overlap) >= MAX_PIECES:
        raise BlockError(f"The text has more than {MAX_PIECES} pieces; raise max_tokens")
    pieces = []
    start = 0
    while start < len(text):
        end = start + size
        if end < len(text):
            end = max(text.rfind(" ", start + size // 2 + overlap, end), 0) or end
        pieces.append(text[start:end].strip())
        start = end if end >= len(text) else end - overlap
    return pieces
