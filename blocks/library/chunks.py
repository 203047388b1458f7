"""Cutting long texts into chunks, for language models and search."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.limits import require_room, text_size
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import as_text

MAX_CHUNKS = 10_000
_LIMITS = f"At most {MAX_CHUNKS:,} chunks, and 10 MB of them in all."


@register
class SplitIntoChunks(Block["SplitIntoChunks.Input"]):
    id = "split_into_chunks_block"
    name = "Split text into chunks"
    description = (
        "Cuts a long text into chunks that may overlap, at the end of a paragraph, sentence or word "
        "if it can; for language models and search."
    )
    category = "text"
    icon = "scissors"
    limits = _LIMITS

    class Input(Pins):
        text: str = Field(description="The text.")
        size: int = Field(default=1_000, ge=1, description="The most characters of a chunk.")
        overlap: int = Field(
            default=100, ge=0, description="How many characters a chunk repeats of the one before."
        )

    class Output(Pins):
        chunks: list[str] = Field(description="All chunks.")
        chunk: str = Field(description="Sent once for each chunk.")

    examples = (
        Example(
            given={"text": "One. Two. Three.", "size": 9, "overlap": 0},
            yields=[
                ("chunks", ["One. Two.", "Three."]),
                ("chunk", "One. Two."),
                ("chunk", "Three."),
            ],
        ),
        Example(
            given={"text": "abcdef", "size": 4, "overlap": 2},
            yields=[("chunks", ["abcd", "cdef"]), ("chunk", "abcd"), ("chunk", "cdef")],
        ),
        Example(given={"text": "a", "size": 5, "overlap": 5}, error="smaller than the size"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if data.overlap >= data.size:
            raise BlockError("The overlap must be smaller than the size")
        chunks = _all_chunks([data.text], data.size, data.overlap)
        yield "chunks", chunks
        for chunk in chunks:
            yield "chunk", chunk


@register
class CutTexts(Block["CutTexts.Input"]):
    id = "cut_texts_block"
    aliases = ("806fb15e-830f-4796-8692-557d300ff43c",)
    name = "Cut texts into chunks"
    description = "Cuts each of several texts into chunks, at the end of a paragraph, sentence or word if it can."
    category = "text"
    icon = "scissors"
    limits = _LIMITS

    class Input(Pins):
        texts: list[Any] = Field(description="The texts.")
        max_chunk_length: int = Field(
            default=1_000, ge=1, description="The most characters of a chunk."
        )
        return_tokens: bool = Field(
            default=False, description="Give the words and signs of the chunks, too."
        )

    class Output(Pins):
        chunks: list[str] = Field(description="The chunks of all texts, in order.")
        tokens: list[list[str]] = Field(
            description="The words and signs of each chunk; sent only if they are wanted."
        )

    examples = (
        Example(
            given={"texts": ["One. Two. Three.", "Four"], "max_chunk_length": 9},
            yields=[("chunks", ["One. Two.", "Three.", "Four"])],
        ),
        Example(
            given={"texts": ["Tea, 茶!"], "return_tokens": True},
            yields=[("chunks", ["Tea, 茶!"]), ("tokens", [["Tea", ",", "茶", "!"]])],
        ),
        Example(given={"texts": ["a"], "max_chunk_length": 0}, error="1 or more"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        chunks = _all_chunks(map(as_text, data.texts), data.max_chunk_length, 0)
        yield "chunks", chunks
        if data.return_tokens:
            yield "tokens", [_TOKEN.findall(chunk) for chunk in chunks]


_TOKEN = re.compile(r"[\u2e80-\uffff]|\w+|\S")
_STOPS = ("\n\n", "\n", "。", ". ", "! ", "? ", " ")


def _all_chunks(texts: Iterable[str], size: int, overlap: int) -> list[str]:
    """The chunks of the texts. Raises `BlockError` for too many, or too large ones."""
    found: list[str] = []
    room = 0
    for text in texts:
        for chunk in _chunks(text, size, overlap):
            room += text_size(chunk)
            require_room(room)
            found.append(chunk)
            if len(found) > MAX_CHUNKS:
                raise BlockError(f"That makes more than {MAX_CHUNKS:,} chunks; make them larger")
    return found


def _chunks(text: str, size: int, overlap: int) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = _end_of_chunk(text, start, size, overlap)
        chunk = text[start:end].strip()
        if chunk:
            yield chunk
        start = end - overlap if end < len(text) else end


def _end_of_chunk(text: str, start: int, size: int, overlap: int) -> int:
    """Behind the last paragraph, sentence or word that fits, unless that is too near to the start."""
    if len(text) - start <= size:
        return len(text)
    least = start + max(size // 2, overlap + 1)
    for stop in _STOPS:
        blank = len(stop) - len(stop.rstrip())  # is cut off, so it may lie beyond
        position = text.rfind(stop, least, start + size + blank)
        if position >= 0:
            return position + len(stop)
    return start + size
