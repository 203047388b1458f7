"""Dictionaries: make one, add, find, take out."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.limits import require_room_for
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import number_in, parsed, preview

Entries = dict[str, Any]

_ABSENT = object()


def _value_at(entries: Entries, key: str | int) -> Any:
    """The value under the key. Raises `BlockError` when there is none."""
    if str(key) not in entries:
        raise BlockError(f"The dictionary has no key {preview(str(key))}")
    return entries[str(key)]


@register
class CreateDictionary(Block["CreateDictionary.Input"]):
    id = "create_dictionary_block"
    aliases = ("b924ddf4-de4f-4b56-9a85-358930dcbc91",)
    name = "Create dictionary"
    description = "Collects named values in a dictionary."
    category = "dictionary"

    class Input(Pins):
        values: Entries = Field(description="The values by name.")

    class Output(Pins):
        dictionary: Entries = Field(description="The dictionary.")

    examples = (
        Example(
            given={"values": {"name": "Ada", "age": 36}},
            yields=[("dictionary", {"name": "Ada", "age": 36})],
        ),
        Example(given={"values": '{"a": 1}'}, yields=[("dictionary", {"a": 1})]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        require_room_for(data.values)
        yield "dictionary", data.values


@register
class AddToDictionary(Block["AddToDictionary.Input"]):
    id = "add_to_dictionary_block"
    aliases = ("31d1064e-7446-4693-a7d4-65e5ca1180d1",)
    name = "Add to dictionary"
    description = "Adds one entry or several to a dictionary; entries with the same key change."
    category = "dictionary"

    class Input(Pins):
        dictionary: Entries = Field(default={}, description="The dictionary to add to.")
        key: str = Field(default="", description="The key of one entry to add.")
        value: Any = Field(default=None, description="The value of that entry.")
        entries: Entries = Field(default={}, description="Further entries to add.")

    class Output(Pins):
        updated_dictionary: Entries = Field(description="The dictionary with the entries.")

    examples = (
        Example(
            given={"dictionary": {"a": 1}, "key": "b", "value": 2},
            yields=[("updated_dictionary", {"a": 1, "b": 2})],
        ),
        Example(
            given={"dictionary": {"a": 1}, "entries": {"a": 5, "c": 3}},
            yields=[("updated_dictionary", {"a": 5, "c": 3})],
        ),
        Example(given={"value": 2}, error="The value needs a key"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if data.value is not None and not data.key:
            raise BlockError("The value needs a key")
        updated = {**data.dictionary, **data.entries}
        if data.key:
            updated[data.key] = data.value
        require_room_for(updated)
        yield "updated_dictionary", updated


@register
class FindInDictionary(Block["FindInDictionary.Input"]):
    id = "find_in_dictionary_block"
    aliases = ("0e50422c-6dee-4145-83d6-3a5a392f65de",)
    name = "Find in dictionary"
    description = "Looks a key up in a dictionary, a list or JSON text."
    category = "dictionary"
    icon = "search"

    class Input(Pins):
        input: Any = Field(description="A dictionary, a list, or either of them as JSON text.")
        key: str | int = Field(
            description="The key; in a list the position, or a key of the dictionaries in it."
        )

    class Output(Pins):
        output: Any = Field(description="What was found; a list when several items have the key.")
        missing: Any = Field(description="The input; only sent when nothing was found.")

    examples = (
        Example(given={"input": {"city": "Oslo"}, "key": "city"}, yields=[("output", "Oslo")]),
        Example(given={"input": ["a", "b"], "key": 1}, yields=[("output", "b")]),
        Example(given={"input": [{"n": 1}, {}, {"n": 2}], "key": "n"}, yields=[("output", [1, 2])]),
        Example(given={"input": '{"a": {"b": 1}}', "key": "a"}, yields=[("output", {"b": 1})]),
        Example(given={"input": {"a": 1}, "key": "z"}, yields=[("missing", {"a": 1})]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        found = _find(parsed(data.input), data.key)
        if found is _ABSENT:
            yield "missing", data.input
        else:
            yield "output", found


def _find(value: Any, key: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(str(key), _ABSENT)
    if isinstance(value, list):
        position = _as_position(key)
        return _collect(value, str(key)) if position is None else _item_at(value, position)
    return _ABSENT


def _as_position(key: str | int) -> int | None:
    if isinstance(key, int):
        return key
    number = number_in(key)
    return number if isinstance(number, int) else None


def _item_at(items: list[Any], position: int) -> Any:
    return items[position] if -len(items) <= position < len(items) else _ABSENT


def _collect(items: list[Any], key: str) -> Any:
    return [item[key] for item in items if isinstance(item, dict) and key in item] or _ABSENT


@register
class RemoveFromDictionary(Block["RemoveFromDictionary.Input"]):
    id = "remove_from_dictionary_block"
    aliases = ("46afe2ea-c613-43f8-95ff-6692c3ef6876",)
    name = "Remove from dictionary"
    description = "Takes one entry out of a dictionary."
    category = "dictionary"
    icon = "trash"

    class Input(Pins):
        dictionary: Entries = Field(description="The dictionary.")
        key: str | int = Field(description="The key of the entry to remove.")
        return_value: bool = Field(default=False, description="Also send the removed value.")

    class Output(Pins):
        updated_dictionary: Entries = Field(description="The dictionary without the entry.")
        removed_value: Any = Field(description="The removed value, if wanted.")

    examples = (
        Example(
            given={"dictionary": {"a": 1, "b": 2}, "key": "a"},
            yields=[("updated_dictionary", {"b": 2})],
        ),
        Example(
            given={"dictionary": {"a": 1}, "key": "a", "return_value": True},
            yields=[("updated_dictionary", {}), ("removed_value", 1)],
        ),
        Example(given={"dictionary": {}, "key": "a"}, error='no key "a"'),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        removed = _value_at(data.dictionary, data.key)
        remaining = {key: data.dictionary[key] for key in data.dictionary if key != str(data.key)}
        yield "updated_dictionary", remaining
        if data.return_value:
            yield "removed_value", removed


@register
class ReplaceDictionaryValue(Block["ReplaceDictionaryValue.Input"]):
    id = "replace_dictionary_value_block"
    aliases = ("27e31876-18b6-44f3-ab97-f6226d8b3889",)
    name = "Replace dictionary value"
    description = "Puts another value under a key that a dictionary has."
    category = "dictionary"
    icon = "replace"

    class Input(Pins):
        dictionary: Entries = Field(description="The dictionary.")
        key: str | int = Field(description="The key of the entry to change.")
        value: Any = Field(description="The new value.")

    class Output(Pins):
        updated_dictionary: Entries = Field(description="The dictionary with the new value.")
        old_value: Any = Field(description="The value that was there before.")

    examples = (
        Example(
            given={"dictionary": {"a": 1}, "key": "a", "value": 9},
            yields=[("updated_dictionary", {"a": 9}), ("old_value", 1)],
        ),
        Example(given={"dictionary": {"a": 1}, "key": "b", "value": 9}, error='no key "b"'),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        old = _value_at(data.dictionary, data.key)
        updated = {**data.dictionary, str(data.key): data.value}
        require_room_for(updated)
        yield "updated_dictionary", updated
        yield "old_value", old


@register
class DictionaryIsEmpty(Block["DictionaryIsEmpty.Input"]):
    id = "dictionary_is_empty_block"
    aliases = ("a3cf3f64-6bb9-4cc6-9900-608a0b3359b0",)
    name = "Dictionary is empty"
    description = "Tells whether a dictionary has no entries."
    category = "dictionary"

    class Input(Pins):
        dictionary: Entries = Field(description="The dictionary.")

    class Output(Pins):
        is_empty: bool = Field(description="True when the dictionary has no entries.")

    examples = (
        Example(given={"dictionary": {}}, yields=[("is_empty", True)]),
        Example(given={"dictionary": {"a": None}}, yields=[("is_empty", False)]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "is_empty", not data.dictionary
