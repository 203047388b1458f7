"""Escape sequences in text: write them, read them."""

import json
import re
from collections.abc import Iterator

from pydantic import Field

from blocks.base import Block, Example, Pins, PinValue
from blocks.limits import require_room, text_size
from blocks.ports import Ports
from blocks.registry import register


@register
class TextEncoder(Block["TextEncoder.Input"]):
    id = "text_encoder_block"
    aliases = ("5185f32e-4b65-4ecf-8fbb-873f003f09d6",)
    name = "Text encoder"
    description = "Writes line breaks, quotes and the like as escape sequences such as \\n."
    category = "text"
    icon = "binary"

    class Input(Pins):
        text: str = Field(description="The text to escape.")

    class Output(Pins):
        encoded_text: str = Field(description="The text with escape sequences.")

    examples = (
        Example(given={"text": "a\nb"}, yields=[("encoded_text", "a\\nb")]),
        Example(given={"text": 'say "hi"'}, yields=[("encoded_text", 'say \\"hi\\"')]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        encoded = json.dumps(data.text, ensure_ascii=False)[1:-1]
        require_room(text_size(encoded))
        yield "encoded_text", encoded


_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[abfnrtv0\\'\"/])")
_ESCAPED = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0",
}  # fmt: skip


def _unescape(match: re.Match[str]) -> str:
    sequence = match[1]
    if len(sequence) > 1:
        return chr(int(sequence[1:], 16))
    return _ESCAPED.get(sequence, sequence)


@register
class TextDecoder(Block["TextDecoder.Input"]):
    id = "text_decoder_block"
    aliases = ("2570e8fe-8447-43ed-84c7-70d657923231",)
    name = "Text decoder"
    description = "Turns escape sequences such as \\n back into the characters they stand for."
    category = "text"
    icon = "binary"

    class Input(Pins):
        text: str = Field(description="The text with escape sequences.")

    class Output(Pins):
        decoded_text: str = Field(description="The plain text.")

    examples = (
        Example(given={"text": "a\\nb"}, yields=[("decoded_text", "a\nb")]),
        Example(given={"text": "\\u8336 \\ud83c\\udf75"}, yields=[("decoded_text", "茶 🍵")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        text = _ESCAPE.sub(_unescape, data.text)
        # Characters beyond the first 65,536 are escaped as two halves; a half alone is no character.
        yield "decoded_text", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
