"""The shape of a text: its case, its ends, its length, its pieces."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.limits import require_room, text_size
from blocks.ports import Ports
from blocks.registry import register

MAX_CHUNKS = 10_000
_NO_WORD = re.compile(r"[\W_]+")


class Case(StrEnum):
    """How letters are written."""

    UPPER = "upper"
    LOWER = "lower"
    TITLE = "title"
    SENTENCE = "sentence"
    SNAKE = "snake_case"
    KEBAB = "kebab-case"


def _words_with(text: str, sign: str) -> str:
    return _NO_WORD.sub(sign, text.lower()).strip(sign)


_WRITE: dict[Case, Callable[[str], str]] = {
    Case.UPPER: str.upper,
    Case.LOWER: str.lower,
    Case.TITLE: str.title,
    Case.SENTENCE: lambda text: text[:1].upper() + text[1:].lower(),
    Case.SNAKE: lambda text: _words_with(text, "_"),
    Case.KEBAB: lambda text: _words_with(text, "-"),
}


@register
class ChangeCase(Block["ChangeCase.Input"]):
    id = "change_case_block"
    name = "Change case"
    description = "Writes a text in capital or small letters, as a title, or as one name."
    category = "text"

    class Input(Pins):
        text: str = Field(description="The text.")
        case: Case = Field(description="How to write it.")

    class Output(Pins):
        output: str = Field(description="The text, written so.")

    examples = (
        Example(given={"text": "green Tea", "case": "upper"}, yields=[("output", "GREEN TEA")]),
        Example(
            given={"text": "Green Tea!", "case": "snake_case"}, yields=[("output", "green_tea")]
        ),
        Example(given={"text": "GREEN TEA", "case": "sentence"}, yields=[("output", "Green tea")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        output = _WRITE[data.case](data.text)
        require_room(text_size(output))
        yield "output", output


class Ends(StrEnum):
    """Which ends of a text."""

    BOTH = "both"
    START = "start"
    END = "end"


_STRIP: dict[Ends, Callable[[str, str | None], str]] = {
    Ends.BOTH: str.strip,
    Ends.START: str.lstrip,
    Ends.END: str.rstrip,
}


@register
class TrimText(Block["TrimText.Input"]):
    id = "trim_text_block"
    name = "Trim text"
    description = "Removes spaces and line breaks, or other characters, from the ends of a text."
    category = "text"

    class Input(Pins):
        text: str = Field(description="The text.")
        characters: str = Field(
            default="", description="The characters to remove; empty: spaces and line breaks."
        )
        ends: Ends = Field(default=Ends.BOTH, description="Where to remove them.")
        collapse: bool = Field(
            default=False, description="Also make one space of all spaces and line breaks inside."
        )

    class Output(Pins):
        output: str = Field(description="What is left.")

    examples = (
        Example(given={"text": "  tea \n"}, yields=[("output", "tea")]),
        Example(
            given={"text": "--a--", "characters": "-", "ends": "start"}, yields=[("output", "a--")]
        ),
        Example(given={"text": " a \n  b ", "collapse": True}, yields=[("output", "a b")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        text = " ".join(data.text.split()) if data.collapse else data.text
        yield "output", _STRIP[data.ends](text, data.characters or None)


@register
class TruncateText(Block["TruncateText.Input"]):
    id = "truncate_text_block"
    name = "Shorten text"
    description = "Cuts a text that is too long, between two words if it can."
    category = "text"

    class Input(Pins):
        text: str = Field(description="The text.")
        length: int = Field(ge=1, description="The most characters, the mark included.")
        mark: str = Field(default="…", max_length=100, description="What shows that it was cut.")

    class Output(Pins):
        output: str = Field(description="The text, short enough.")
        is_cut: bool = Field(description="Whether something was cut off.")

    examples = (
        Example(
            given={"text": "Green tea is a drink", "length": 10},
            yields=[("output", "Green tea…"), ("is_cut", True)],
        ),
        Example(given={"text": "tea", "length": 10}, yields=[("output", "tea"), ("is_cut", False)]),
        Example(
            given={"text": "绿茶是一种饮料", "length": 4},
            yields=[("output", "绿茶是…"), ("is_cut", True)],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if len(data.text) <= data.length:
            yield "output", data.text
            yield "is_cut", False
            return
        mark = data.mark[: data.length]
        room = data.length - len(mark)
        kept = data.text[: room + 1]
        space = max(kept.rfind(" "), kept.rfind("\n"))
        end = space if space > room // 2 else room
        yield "output", data.text[:end].rstrip() + mark
        yield "is_cut", True


@register
class SlugifyText(Block["SlugifyText.Input"]):
    id = "slugify_text_block"
    name = "Text as address"
    description = "Makes a text fit for web addresses and file names: small letters and hyphens."
    category = "text"

    class Input(Pins):
        text: str = Field(description="The text, such as a headline.")
        max_length: int = Field(default=80, ge=1, le=1_000, description="The most characters.")
        ascii_only: bool = Field(
            default=False, description="Leave out letters beyond a to z; é becomes e."
        )

    class Output(Pins):
        slug: str = Field(description="The text as a part of an address.")

    examples = (
        Example(given={"text": "Green Tea: the Guide!"}, yields=[("slug", "green-tea-the-guide")]),
        Example(given={"text": "Café 茶", "ascii_only": True}, yields=[("slug", "cafe")]),
        Example(given={"text": "绿茶 指南"}, yields=[("slug", "绿茶-指南")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        text = data.text[: 20 * data.max_length]
        if data.ascii_only:
            text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        yield "slug", _words_with(text, "-")[: data.max_length].rstrip("-")


@register
class SplitIntoChunks(Block["SplitIntoChunks.Input"]):
    id = "split_into_chunks_block"
    name = "Split text into chunks"
    description = (
        "Cuts a long text into chunks that may overlap, at the end of a paragraph, sentence or word "
        "if it can; for language models and search."
    )
    category = "text"
    limits = "At most 10,000 chunks, and 10 MB of them in all."

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
        chunks, size = [], 0
        for chunk in _chunks(data.text, data.size, data.overlap):
            size += text_size(chunk)
            require_room(size)
            chunks.append(chunk)
            if len(chunks) > MAX_CHUNKS:
                raise BlockError(f"That makes more than {MAX_CHUNKS:,} chunks; make them larger")
        yield "chunks", chunks
        for chunk in chunks:
            yield "chunk", chunk


_STOPS = ("\n\n", "\n", "。", ". ", "! ", "? ", " ")


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
