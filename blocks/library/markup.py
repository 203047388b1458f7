"""YAML and XML, read and written."""

import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.library.data import MAX_XML_DEPTH, without_fence
from blocks.limits import require_room, require_room_for, text_size
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import as_text, preview

_YAML_JOBS = "blocks.sandbox.jobs.yaml_text"


@register
class ParseYaml(Block["ParseYaml.Input"]):
    id = "parse_yaml_block"
    name = "Parse YAML"
    description = "Turns YAML text into the value that it spells; several documents into a list."
    category = "data"
    effect = Effect.IDEMPOTENT
    limits = "10 seconds, 200,000 values; only plain values, no tags that make objects."

    class Input(Pins):
        text: str = Field(description="The YAML text; a code block around it does not matter.")

    class Output(Pins):
        value: Any = Field(description="The value.")

    examples = (
        Example(
            given={"text": "name: Ada\nborn: 1815-12-10\ntags: [a, b]"},
            yields=[("value", {"name": "Ada", "born": "1815-12-10", "tags": ["a", "b"]})],
        ),
        Example(given={"text": "a: 1\n---\nb: 2"}, yields=[("value", [{"a": 1}, {"b": 2}])]),
        Example(given={"text": "a: ["}, error="is not plain YAML"),
        Example(
            given={"text": "!!python/object/apply:os.system ['id']"}, error="is not plain YAML"
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        value = ports.sandbox.call(
            f"{_YAML_JOBS}:read", {"text": without_fence(data.text)}, subject="The YAML text"
        )
        require_room_for(value)
        yield "value", value


@register
class WriteYaml(Block["WriteYaml.Input"]):
    id = "write_yaml_block"
    name = "Write YAML"
    description = "Turns any value into YAML text, which is easier to read for people than JSON."
    category = "data"
    effect = Effect.IDEMPOTENT
    limits = "10 seconds, and a result of at most 10 MB."

    class Input(Pins):
        value: Any = Field(description="The value.")

    class Output(Pins):
        text: str = Field(description="The YAML text.")

    examples = (
        Example(
            given={"value": {"name": "茶", "tags": ["a"]}},
            yields=[("text", "name: 茶\ntags:\n- a\n")],
        ),
        Example(given={"value": [1, None]}, yields=[("text", "- 1\n- null\n")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        text = ports.sandbox.call(f"{_YAML_JOBS}:write", {"value": data.value}, subject="The value")
        require_room(text_size(text))
        yield "text", text


_TAG = re.compile(r"[A-Za-z_][\w.-]*")
# What XML cannot carry, not even escaped.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@register
class WriteXml(Block["WriteXml.Input"]):
    id = "write_xml_block"
    name = "Write XML"
    description = "Turns a dictionary into XML text, as Parse XML reads it."
    category = "data"
    icon = "file-type-xml"
    limits = f"A result of at most 10 MB, nested at most {MAX_XML_DEPTH} levels deep."

    class Input(Pins):
        value: dict[str, Any] = Field(
            description='The elements by tag; "@name" is an attribute, "#text" the text, a list repeats.'
        )

    class Output(Pins):
        xml: str = Field(description="The XML text.")

    examples = (
        Example(
            given={"value": {"mail": {"@id": 1, "to": ["Ada", "Bo"], "body": "a < b"}}},
            yields=[("xml", '<mail id="1"><to>Ada</to><to>Bo</to><body>a &lt; b</body></mail>')],
        ),
        Example(given={"value": {"a": None}}, yields=[("xml", "<a/>")]),
        Example(given={"value": {"not a tag": 1}}, error="cannot be the name of an element"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        require_room_for(data.value)
        xml = "".join(_elements(data.value, 0))
        require_room(text_size(xml))
        yield "xml", xml


def _elements(content: dict[str, Any], depth: int) -> Iterator[str]:
    if depth > MAX_XML_DEPTH:
        raise BlockError(f"The value is nested more than {MAX_XML_DEPTH} levels deep")
    for tag, value in content.items():
        for each in value if isinstance(value, list) else [value]:
            yield from _element(_named(tag), each, depth)


def _element(tag: str, value: Any, depth: int) -> Iterator[str]:
    content = value if isinstance(value, dict) else {"#text": value}
    attributes = "".join(
        f" {_named(name[1:])}={quoteattr(_carried(each))}"
        for name, each in content.items()
        if name.startswith("@")
    )
    inside = {name: each for name, each in content.items() if name != "#text" and name[:1] != "@"}
    body = escape(_carried(content.get("#text"))) + "".join(_elements(inside, depth + 1))
    yield f"<{tag}{attributes}>{body}</{tag}>" if body else f"<{tag}{attributes}/>"


def _named(tag: str) -> str:
    if not _TAG.fullmatch(tag):
        raise BlockError(f"{preview(tag)} cannot be the name of an element or attribute")
    return tag


def _carried(value: Any) -> str:
    text = "" if value is None else as_text(value)
    if _FORBIDDEN.search(text):
        raise BlockError("A text has a control character in it, which XML cannot carry")
    return text
