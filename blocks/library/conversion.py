"""Turning a value of one kind into another on purpose, where pins only do it when nothing is lost."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import as_text, describe, number_in, parsed


class TargetType(StrEnum):
    """What a value can be turned into."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    LIST = "list"
    DICTIONARY = "dictionary"


_YES = frozenset({"true", "1", "yes", "on"})
_NO = frozenset({"false", "0", "no", "off", ""})


def _to_number(value: Any) -> int | float:
    if isinstance(value, bool):
        return int(value)
    number = number_in(value) if isinstance(value, str) else value
    if not isinstance(number, int | float):
        raise BlockError(f"A number cannot be made of {describe(value)}")
    return number


def _to_boolean(value: Any) -> bool:
    if not isinstance(value, str):
        return bool(value)
    word = value.strip().lower()
    if word not in _YES | _NO:
        raise BlockError(f"True or false cannot be made of {describe(value)}")
    return word in _YES


def _to_list(value: Any) -> list[Any]:
    content = parsed(value)
    if isinstance(content, list):
        return content
    if isinstance(content, dict):
        return [[key, item] for key, item in content.items()]
    return [value]


def _to_dictionary(value: Any) -> dict[str, Any]:
    content = parsed(value)
    if isinstance(content, dict):
        return content
    if isinstance(content, list):
        return {str(index): item for index, item in enumerate(content)}
    return {"value": value}


_CONVERT: dict[TargetType, Callable[[Any], Any]] = {
    TargetType.STRING: as_text,
    TargetType.NUMBER: _to_number,
    TargetType.BOOLEAN: _to_boolean,
    TargetType.LIST: _to_list,
    TargetType.DICTIONARY: _to_dictionary,
}


@register
class UniversalTypeConverter(Block["UniversalTypeConverter.Input"]):
    id = "universal_type_converter_block"
    aliases = ("95d1b990-ce13-4d88-9737-ba5c2070c97b",)
    name = "Universal type converter"
    description = "Turns a value into text, a number, true or false, a list or a dictionary."
    category = "basic"
    icon = "transform"

    class Input(Pins):
        value: Any = Field(description="The value to convert.")
        type: TargetType = Field(description="What to turn it into.")

    class Output(Pins):
        value: Any = Field(description="The converted value.")

    examples = (
        Example(given={"value": " 5 ", "type": "number"}, yields=[("value", 5)]),
        Example(given={"value": [1, "a"], "type": "string"}, yields=[("value", '[1, "a"]')]),
        Example(given={"value": "true", "type": "boolean"}, yields=[("value", True)]),
        Example(given={"value": '["a"]', "type": "list"}, yields=[("value", ["a"])]),
        Example(given={"value": ["a"], "type": "dictionary"}, yields=[("value", {"0": "a"})]),
        Example(given={"value": "many", "type": "number"}, error="A number cannot be made of"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "value", _CONVERT[data.type](data.value)
