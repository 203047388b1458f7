"""Text: fill templates, join, cut, replace, count."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.limits import require_room, text_size
from blocks.ports import Ports
from blocks.registry import register


@register
class FillTextTemplate(Block["FillTextTemplate.Input"]):
    id = "fill_text_template_block"
    aliases = ("db7d8f02-2f44-4c55-ab7a-eae0941f0c30",)
    name = "Fill text template"
    description = "Puts values into a text wherever it says {{ name }}."
    category = "text"
    icon = "template"

    class Input(Pins):
        values: dict[str, Any] = Field(default={}, description="The values by name.")
        format: str = Field(description="The text, such as: Hello {{ name }}!")
        escape_html: bool = Field(
            default=False, description="Make the values safe to put in a web page."
        )

    class Output(Pins):
        output: str = Field(description="The filled text.")

    examples = (
        Example(
            given={"format": "Hello {{ name }}!", "values": {"name": "Ada"}},
            yields=[("output", "Hello Ada!")],
        ),
        Example(
            given={
                "format": "{% for city in cities %}- {{ city }}\n{% endfor %}",
                "values": {"cities": ["Oslo", "Rome"]},
            },
            yields=[("output", "- Oslo\n- Rome\n")],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield (
            "output",
            ports.templates.render(data.format, data.values, escape_html=data.escape_html),
        )


@register
class CombineTexts(Block["CombineTexts.Input"]):
    id = "combine_texts_block"
    aliases = ("e30a4d42-7b7d-4e6a-b36e-1f9b8e3b7d85",)
    name = "Combine texts"
    description = "Joins several texts into one."
    category = "text"

    class Input(Pins):
        # A gap in `input_$_0`, `input_$_2` arrives as null and is left out.
        input: list[str | None] = Field(description="The texts to join, in order.")
        delimiter: str = Field(default="", description="What to put between two texts.")

    class Output(Pins):
        output: str = Field(description="The joined text.")

    examples = (
        Example(given={"input": ["a", "b"]}, yields=[("output", "ab")]),
        Example(
            given={"input": ["tea", 2, True], "delimiter": ", "},
            yields=[("output", "tea, 2, true")],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        texts = [text for text in data.input if text is not None]
        require_room(sum(map(text_size, texts)) + len(texts) * text_size(data.delimiter))
        yield "output", data.delimiter.join(texts)


@register
class TextSplit(Block["TextSplit.Input"]):
    id = "text_split_block"
    aliases = ("d5ea33c8-a575-477a-b42f-2fe3be5055ec",)
    name = "Split text"
    description = "Cuts a text into pieces wherever a certain text stands."
    category = "text"
    icon = "scissors"

    class Input(Pins):
        text: str = Field(description="The text to cut.")
        delimiter: str = Field(description="Where to cut; a comma, for example.")
        strip: bool = Field(default=True, description="Remove spaces around the pieces.")

    class Output(Pins):
        texts: list[str] = Field(description="The pieces.")

    examples = (
        Example(given={"text": "a, b,c", "delimiter": ","}, yields=[("texts", ["a", "b", "c"])]),
        Example(
            given={"text": "a, b", "delimiter": ",", "strip": False},
            yields=[("texts", ["a", " b"])],
        ),
        Example(given={"text": "", "delimiter": ","}, yields=[("texts", [])]),
        Example(given={"text": "abc", "delimiter": ""}, error="needs a delimiter"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if not data.delimiter:
            raise BlockError("Cutting a text needs a delimiter")
        # Every piece costs quotes and a comma as JSON, however short it is.
        require_room(text_size(data.text) + 3 * data.text.count(data.delimiter))
        pieces = data.text.split(data.delimiter) if data.text else []
        yield "texts", [piece.strip() for piece in pieces] if data.strip else pieces


@register
class TextReplace(Block["TextReplace.Input"]):
    id = "text_replace_block"
    aliases = ("7e7c87ab-3469-4bcc-9abe-67705091b713",)
    name = "Replace text"
    description = "Replaces a text by another one everywhere in a larger text."
    category = "text"
    icon = "replace"

    class Input(Pins):
        text: str = Field(description="The text to change.")
        old: str = Field(description="What to replace; empty: the gaps between all characters.")
        new: str = Field(description="What to put in its place.")

    class Output(Pins):
        output: str = Field(description="The changed text.")

    examples = (
        Example(
            given={"text": "red tea, red wine", "old": "red", "new": "green"},
            yields=[("output", "green tea, green wine")],
        ),
        Example(given={"text": "ab", "old": "", "new": "-"}, yields=[("output", "-a-b-")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        growth = text_size(data.new) - text_size(data.old)
        require_room(text_size(data.text) + data.text.count(data.old) * growth)
        yield "output", data.text.replace(data.old, data.new)


@register
class WordCharacterCount(Block["WordCharacterCount.Input"]):
    id = "word_character_count_block"
    aliases = ("ab2a782d-22cf-4587-8a70-55b59b3f9f90",)
    name = "Count words and characters"
    description = "Counts the words and the characters of a text."
    category = "text"

    class Input(Pins):
        text: str = Field(description="The text to count.")

    class Output(Pins):
        word_count: int = Field(description="How many words: parts with spaces between them.")
        character_count: int = Field(description="How many characters, spaces included.")

    examples = (
        Example(
            given={"text": "Hello  world"}, yields=[("word_count", 2), ("character_count", 12)]
        ),
        Example(given={"text": ""}, yields=[("word_count", 0), ("character_count", 0)]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "word_count", len(data.text.split())
        yield "character_count", len(data.text)
