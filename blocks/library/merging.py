"""Bring branches together: wait for one value of each, for all that comes, or for the first."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.library.identity import identity
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import kind_of

_VALUES = "Link here what to bring together; values_#_name gives the values of a link a name."
Arrived = list[tuple[str, Any]]
_ARRIVED = "Filled in by the run: what arrived, each with its name, in the order of its arrival."


class Joining(StrEnum):
    """What becomes of values that belong together."""

    DICTIONARY = "dictionary"
    LIST = "list"
    MERGED = "merged"


@register
class Join(Block["Join.Input"]):
    id = "join_block"
    name = "Join"
    description = "Waits for one value of each of its links, and sends them on together; the n-th with the n-th."
    category = "control"
    icon = "arrows-join"

    class Input(Pins):
        values: dict[str, Any] = Field(
            description="Link each branch to a name of its own: values_#_name."
        )
        how: Joining = Field(
            default=Joining.DICTIONARY,
            description="As a dictionary by name, as a list in the order of the names, or as one dictionary made"
            " of theirs.",
        )

    class Output(Pins):
        joined: Any = Field(description="The values together.")

    examples = (
        Example(given={"values": {"a": 1, "b": 2}}, yields=[("joined", {"a": 1, "b": 2})]),
        Example(given={"values": {"b": 2, "a": 1}, "how": "list"}, yields=[("joined", [1, 2])]),
        Example(
            given={"values": {"a": {"x": 1}, "b": {"y": 2}}, "how": "merged"},
            yields=[("joined", {"x": 1, "y": 2})],
        ),
        Example(given={"values": {"a": 1}, "how": "merged"}, error="a number, not a dictionary"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        in_order = [data.values[name] for name in sorted(data.values)]
        if data.how is Joining.DICTIONARY:
            yield "joined", data.values
        elif data.how is Joining.LIST:
            yield "joined", in_order
        else:
            yield "joined", _merged(in_order)


class Merging(StrEnum):
    """What becomes of all that came."""

    APPEND = "append"
    POSITION = "position"
    KEY = "key"


class Keep(StrEnum):
    """Which entries a merge by key sends."""

    ALL = "all"
    MATCHES = "matches"


@register
class Merge(Block["Merge.Input"]):
    id = "merge_block"
    name = "Merge"
    description = "Waits until nothing more can come on its links, branches not taken included, and sends all that came."
    category = "control"
    icon = "arrow-merge"
    gathers = "values"

    class Input(Pins):
        values: Any = Field(default=None, description=_VALUES)
        how: Merging = Field(
            default=Merging.APPEND,
            description="One list in the order of arrival (append), the n-th of each name together (position), or"
            " dictionaries with the same value under a key together (key).",
        )
        key: str = Field(default="", description="The key, when merging by key.")
        keep: Keep = Field(
            default=Keep.ALL,
            description="By position and by key: everything, or only what every name has sent.",
        )
        arrived: Arrived = Field(default=[], description=_ARRIVED)

    class Output(Pins):
        merged: list[Any] = Field(description="What came; the items of lists count one by one.")
        count: int = Field(description="How many entries it has.")

    examples = (
        Example(
            given={"arrived": [["a", 1], ["b", [2, 3]]]},
            yields=[("merged", [1, 2, 3]), ("count", 3)],
        ),
        Example(
            given={"arrived": [["a", [1, 2]], ["b", "x"]], "how": "position"},
            yields=[("merged", [{"a": 1, "b": "x"}, {"a": 2}]), ("count", 2)],
        ),
        Example(
            given={
                "arrived": [
                    ["people", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bo"}]],
                    ["ages", {"id": 1, "age": 36}],
                ],
                "how": "key",
                "key": "id",
                "keep": "matches",
            },
            yields=[("merged", [{"id": 1, "name": "Ada", "age": 36}]), ("count", 1)],
        ),
        Example(
            given={"arrived": [["a", {"x": 1}]], "how": "key", "key": "id"},
            error='no "id"',
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        merged = _HOW[data.how](data)
        yield "merged", merged
        yield "count", len(merged)


def _items(arrived: Arrived) -> Iterator[tuple[str, Any]]:
    for name, value in arrived:
        for item in value if isinstance(value, list) else [value]:
            yield name, item


def _append(data: Merge.Input) -> list[Any]:
    return [item for _name, item in _items(data.arrived)]


def _by_position(data: Merge.Input) -> list[Any]:
    columns: dict[str, list[tuple[str, Any]]] = {}
    for name, item in _items(data.arrived):
        columns.setdefault(name, []).append((name, item))
    rows = [dict(filter(None, row)) for row in zip_longest(*columns.values())]
    return [row for row in rows if data.keep is Keep.ALL or len(row) == len(columns)]


def _by_key(data: Merge.Input) -> list[Any]:
    if not data.key:
        raise BlockError("Merging by key needs a key")
    groups: dict[Any, list[tuple[str, dict[str, Any]]]] = {}
    for name, item in _items(data.arrived):
        groups.setdefault(_key_of(item, data.key), []).append((name, item))
    names = {name for name, _value in data.arrived}
    return [
        _merged(item for _name, item in group)
        for group in groups.values()
        if data.keep is Keep.ALL or {name for name, _item in group} == names
    ]


def _key_of(item: Any, key: str) -> Any:
    if not isinstance(item, dict) or key not in item:
        raise BlockError(f'A {kind_of(item)} arrived that has no "{key}" to merge by')
    return identity(item[key])


def _merged(values: Iterable[Any]) -> dict[str, Any]:
    """One dictionary made of several; where they disagree, the later one counts."""
    merged: dict[str, Any] = {}
    for value in values:
        if not isinstance(value, dict):
            raise BlockError(
                f"Only dictionaries can be merged; this is a {kind_of(value)}, not a dictionary"
            )
        merged |= value
    return merged


_HOW = {Merging.APPEND: _append, Merging.POSITION: _by_position, Merging.KEY: _by_key}


@register
class FirstToArrive(Block["FirstToArrive.Input"]):
    id = "first_to_arrive_block"
    name = "First to arrive"
    description = "Sends the first value that arrives on any of its links, once in a run or item; later ones are dropped."
    category = "control"
    icon = "flag"
    gathers = "values"
    takes_first = True

    class Input(Pins):
        values: Any = Field(default=None, description=_VALUES)
        arrived: Arrived = Field(default=[], max_length=1, description=_ARRIVED)

    class Output(Pins):
        value: Any = Field(description="The first value.")
        name: str = Field(description="The name of the link that brought it.")

    examples = (
        Example(given={"arrived": [["fast", 1]]}, yields=[("value", 1), ("name", "fast")]),
        Example(given={"arrived": []}, error="Nothing is linked"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if not data.arrived:
            raise BlockError("Nothing is linked to this block, so nothing can arrive")
        name, value = data.arrived[0]
        yield "value", value
        yield "name", name
