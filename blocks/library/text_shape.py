"""The shape of a text: its case, its ends, its length, its pieces."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum

from pydantic import Field

from blocks.base import Block, Example, Pins, PinValue
from blocks.limits import require_room, text_size
from blocks.ports import Ports
from blocks.registry import register

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
    icon = "letter-case"

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
    icon = "cut"

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
