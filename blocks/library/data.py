"""Data in text: JSON and XML, read and written."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.limits import require_room, text_size
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import from_json, to_json

_FENCE = "```"
MAX_XML_DEPTH = 100


def without_fence(text: str) -> str:
    """The text between a line of backticks and the next, if the text is only that."""
    text = text.strip()
    if not (text.startswith(_FENCE) and text.endswith(_FENCE) and "\n" in text):
        return text
    return text.partition("\n")[2].removesuffix(_FENCE)


@register
class ParseJson(Block["ParseJson.Input"]):
    id = "parse_json_block"
    name = "Parse JSON"
    description = "Turns JSON text into the value that it spells."
    category = "data"
    icon = "json"

    class Input(Pins):
        text: str = Field(description="The JSON text; a code block around it does not matter.")

    class Output(Pins):
        value: Any = Field(description="The value.")

    examples = (
        Example(given={"text": '{"a": [1, true]}'}, yields=[("value", {"a": [1, True]})]),
        Example(given={"text": "```json\n[1]\n```"}, yields=[("value", [1])]),
        Example(given={"text": "{a: 1}"}, error="The text is not JSON"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        try:
            yield "value", from_json(without_fence(data.text))
        except ValueError as error:
            raise BlockError(f"The text is not JSON: {error}") from None


@register
class ToJson(Block["ToJson.Input"]):
    id = "to_json_block"
    name = "Write JSON"
    description = "Turns any value into JSON text."
    category = "data"
    icon = "json"

    class Input(Pins):
        value: Any = Field(description="The value.")

    class Output(Pins):
        text: str = Field(description="The JSON text.")

    examples = (
        Example(given={"value": {"a": [1, True]}}, yields=[("text", '{"a": [1, true]}')]),
        Example(given={"value": "茶"}, yields=[("text", '"茶"')]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        text = to_json(data.value)
        require_room(text_size(text))
        yield "text", text


@register
class XmlParser(Block["XmlParser.Input"]):
    id = "xml_parser_block"
    aliases = ("286380af-9529-4b55-8be0-1d7c854abdb5",)
    name = "Parse XML"
    description = "Turns XML text into a dictionary by tag."
    category = "data"
    icon = "file-type-xml"

    class Input(Pins):
        input_xml: str = Field(description="The XML text; several elements in a row are fine.")

    class Output(Pins):
        parsed_xml: dict[str, Any] = Field(
            description="The elements by tag; a list where a tag stands several times."
        )

    examples = (
        Example(
            given={"input_xml": "<mail><to>Ada</to><cc>a</cc><cc>b</cc></mail>"},
            yields=[("parsed_xml", {"mail": {"to": "Ada", "cc": ["a", "b"]}})],
        ),
        Example(
            given={"input_xml": '<?xml version="1.0"?><a x="1">text</a>'},
            yields=[("parsed_xml", {"a": {"@x": "1", "#text": "text"}})],
        ),
        Example(given={"input_xml": "<a>"}, error="The text is not XML"),
        Example(
            given={"input_xml": '<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "a.dtd">\n<a>1</a>'},
            yields=[("parsed_xml", {"a": "1"})],
        ),
        Example(
            given={"input_xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'},
            error="declares entities",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        # The wrapper allows several elements in a row, as language models like to answer.
        text = _BEGINNING.sub("", data.input_xml, count=1)
        if text[:9].upper() == "<!DOCTYPE":
            raise BlockError(
                "The text declares entities of its own (<!DOCTYPE …[), which is not allowed"
            )
        try:
            root = fromstring(f"<root>{text}</root>", forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise BlockError(f"The text is not XML: {error}") from None
        content = _content(root, depth=0)
        if not isinstance(content, dict):
            raise BlockError("The text is not XML: it has no tags")
        yield "parsed_xml", content


# What may stand before the elements and says nothing of them.
_BEGINNING = re.compile(r"\A\s*(<\?xml[^>]*>)?\s*(<!DOCTYPE[^\[>]*>)?", re.IGNORECASE)


def _content(element: Element, *, depth: int) -> Any:
    """Text for an element that has nothing else, a dictionary for every other."""
    if depth > MAX_XML_DEPTH:
        raise BlockError(f"The XML is nested more than {MAX_XML_DEPTH} levels deep")
    content: dict[str, Any] = {f"@{name}": value for name, value in element.attrib.items()}
    repeated: set[str] = set()
    for child in element:
        value = _content(child, depth=depth + 1)
        if child.tag in repeated:
            content[child.tag].append(value)
        elif child.tag in content:
            repeated.add(child.tag)
            content[child.tag] = [content[child.tag], value]
        else:
            content[child.tag] = value
    text = _text(element)
    if not content:
        return text
    return {**content, "#text": text} if text else content


def _text(element: Element) -> str:
    parts = [element.text, *(child.tail for child in element)]
    return " ".join(part.strip() for part in parts if part and part.strip())
