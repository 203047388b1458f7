"""Dictionaries: put together, taken apart, reduced."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.limits import require_room_for
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import as_text

MAX_DEPTH = 100


@register
class MergeDictionaries(Block["MergeDictionaries.Input"]):
    id = "merge_dictionaries_block"
    name = "Merge dictionaries"
    description = "Puts dictionaries together; where two have the same key, the later one counts."
    category = "dictionary"
    limits = "A result of at most 10 MB, nested at most 100 levels deep."

    class Input(Pins):
        dictionaries: list[dict[str, Any]] = Field(description="The dictionaries, in order.")
        deep: bool = Field(
            default=True, description="Merge dictionaries inside of them too, not replace them."
        )

    class Output(Pins):
        dictionary: dict[str, Any] = Field(description="All entries together.")

    examples = (
        Example(
            given={"dictionaries": [{"a": {"x": 1}}, {"a": {"y": 2}, "b": 3}]},
            yields=[("dictionary", {"a": {"x": 1, "y": 2}, "b": 3})],
        ),
        Example(
            given={"dictionaries": [{"a": {"x": 1}}, {"a": {"y": 2}}], "deep": False},
            yields=[("dictionary", {"a": {"y": 2}})],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        merged: dict[str, Any] = {}
        for each in data.dictionaries:
            if data.deep:
                _merge_into(merged, each, 0)
            else:
                merged |= each
        require_room_for(merged)
        yield "dictionary", merged


def _merge_into(target: dict[str, Any], source: Mapping[str, Any], depth: int) -> None:
    """Add all entries; what becomes a part of `target` is a copy, so that inputs stay as they are."""
    if depth > MAX_DEPTH:
        raise BlockError(f"The dictionaries are nested more than {MAX_DEPTH} levels deep")
    for key, value in source.items():
        if not isinstance(value, dict):
            target[key] = value
            continue
        if not isinstance(target.get(key), dict):
            target[key] = {}
        _merge_into(target[key], value, depth + 1)


class Choice(StrEnum):
    """What happens with the keys that are named."""

    KEEP = "keep"
    DROP = "drop"


@register
class PickKeys(Block["PickKeys.Input"]):
    id = "pick_keys_block"
    name = "Keep or drop keys"
    description = "Makes a dictionary smaller: keeps only some of its keys, or leaves some out."
    category = "dictionary"

    class Input(Pins):
        dictionary: dict[str, Any] = Field(description="The dictionary.")
        keys: list[str] = Field(description="The keys.")
        choice: Choice = Field(default=Choice.KEEP, description="Keep these keys, or drop them.")

    class Output(Pins):
        dictionary: dict[str, Any] = Field(description="What is left.")

    examples = (
        Example(
            given={"dictionary": {"a": 1, "b": 2}, "keys": ["a", "z"]},
            yields=[("dictionary", {"a": 1})],
        ),
        Example(
            given={"dictionary": {"a": 1, "b": 2}, "keys": ["a"], "choice": "drop"},
            yields=[("dictionary", {"b": 2})],
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        named = frozenset(data.keys)
        keeps = data.choice is Choice.KEEP
        yield (
            "dictionary",
            {key: value for key, value in data.dictionary.items() if (key in named) is keeps},
        )


@register
class RenameKeys(Block["RenameKeys.Input"]):
    id = "rename_keys_block"
    name = "Rename keys"
    description = "Gives keys of a dictionary other names; the rest stays as it is."
    category = "dictionary"

    class Input(Pins):
        dictionary: dict[str, Any] = Field(description="The dictionary.")
        names: dict[str, str] = Field(description="The new name of each key, by its old name.")

    class Output(Pins):
        dictionary: dict[str, Any] = Field(description="The dictionary with the new names.")

    examples = (
        Example(
            given={"dictionary": {"a": 1, "b": 2}, "names": {"a": "x"}},
            yields=[("dictionary", {"x": 1, "b": 2})],
        ),
        Example(
            given={"dictionary": {"a": 1, "b": 2}, "names": {"a": "b"}},
            error="Two keys would be called",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        renamed: dict[str, Any] = {}
        for key, value in data.dictionary.items():
            name = data.names.get(key, key)
            if name in renamed:
                raise BlockError(f'Two keys would be called "{name[:60]}"')
            renamed[name] = value
        require_room_for(renamed)
        yield "dictionary", renamed


@register
class DictionaryEntries(Block["DictionaryEntries.Input"]):
    id = "dictionary_entries_block"
    name = "Entries of dictionary"
    description = "Makes lists of a dictionary: its keys, its values, and both together."
    category = "dictionary"

    class Input(Pins):
        dictionary: dict[str, Any] = Field(description="The dictionary.")

    class Output(Pins):
        keys: list[str] = Field(description="The keys.")
        values: list[Any] = Field(description="The values, in the same order.")
        entries: list[dict[str, Any]] = Field(description='One {"key", "value"} for each entry.')

    examples = (
        Example(
            given={"dictionary": {"a": 1}},
            yields=[
                ("keys", ["a"]),
                ("values", [1]),
                ("entries", [{"key": "a", "value": 1}]),
            ],
        ),
        Example(given={"dictionary": {}}, yields=[("keys", []), ("values", []), ("entries", [])]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "keys", list(data.dictionary)
        yield "values", list(data.dictionary.values())
        yield "entries", [{"key": key, "value": value} for key, value in data.dictionary.items()]


@register
class DictionaryFromLists(Block["DictionaryFromLists.Input"]):
    id = "dictionary_from_lists_block"
    name = "Dictionary from lists"
    description = "Makes a dictionary of a list of keys and a list of values."
    category = "dictionary"

    class Input(Pins):
        keys: list[Any] = Field(description="The keys; each only once.")
        values: list[Any] = Field(description="As many values, in the same order.")

    class Output(Pins):
        dictionary: dict[str, Any] = Field(description="Each value by its key.")

    examples = (
        Example(
            given={"keys": ["a", 2], "values": [1, None]},
            yields=[("dictionary", {"a": 1, "2": None})],
        ),
        Example(given={"keys": ["a"], "values": []}, error="1 keys and 0 values"),
        Example(given={"keys": ["a", "a"], "values": [1, 2]}, error="A key is there twice"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        keys = [as_text(key) for key in data.keys]
        if len(keys) != len(data.values):
            raise BlockError(
                f"There must be as many values as keys, but there are {len(keys)} keys "
                f"and {len(data.values)} values"
            )
        if len(set(keys)) < len(keys):
            raise BlockError("A key is there twice")
        yield "dictionary", dict(zip(keys, data.values, strict=True))
