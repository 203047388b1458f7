"""Names of pins. A dynamic name reaches inside a value:

`values_#_key` a dictionary entry, `list_$_0` a list item, `user_@_name` an attribute; they can be nested
(`order_#_lines_$_0`). On the sink of a link such names assemble a value, on the source they select from one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

DELIMITERS = {"#": "dictionary key", "$": "list index", "@": "attribute"}
_SPLIT = re.compile(r"_([#$@])_")

Path = tuple[str | int, ...]  # strings are keys, integers are list indexes

MISSING: Any = object()
MAX_DEPTH = 100  # more than fit into the name of a link's pin
MAX_INDEX = 10_000  # `list_$_999999999` would pad a list with a billion nulls


def is_tool(name: str) -> bool:
    """Whether links from this output pin make a tool of the node that they lead to.

    Written as `tools`, or as `tools_^_` with the node or, in old files, a name, and `_~_` with a pin.
    """
    return name == "tools" or name.startswith("tools_^_")


def tool(node_id: str, pin: str) -> str:
    """The output pin on which a model's argument for this pin of a node is sent."""
    return f"tools_^_{node_id}_~_{pin}"


@lru_cache(maxsize=65_536)
def parse(name: str) -> tuple[str, Path]:
    """The pin's own name, and the path inside its value (empty for a plain name).

    Raises ValueError for a list index that is not a number up to `MAX_INDEX`, and for a very long path.
    """
    base, *rest = _SPLIT.split(name)
    if len(rest) > 2 * MAX_DEPTH:
        raise ValueError(f'The pin name "{name[:60]}…" reaches deeper than {MAX_DEPTH} levels')
    path: list[str | int] = []
    for kind, key in zip(rest[::2], rest[1::2], strict=True):
        path.append(_index(name, key) if kind == "$" else key)
    return base, tuple(path)


def _index(name: str, key: str) -> int:
    if not (key.isdecimal() and key.isascii()) or int(key) > MAX_INDEX:
        raise ValueError(
            f'"{key[:60]}" in the pin name "{name[:300]}" is not a list index up to {MAX_INDEX}'
        )
    return int(key)


def select(value: Any, path: Path) -> Any:
    """What `path` finds in `value`, or `MISSING`."""
    for key in path:
        if isinstance(key, int):
            if not isinstance(value, list) or key >= len(value):
                return MISSING
            value = value[key]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            return MISSING
    return value


def assemble(defaults: dict[str, Any], received: dict[str, Any]) -> dict[str, Any]:
    """The inputs of a firing: received values over defaults, dynamic names put inside their pin's value."""
    plain, groups = _arranged(tuple(received))
    inputs = {**defaults}
    for name in plain:
        inputs[name] = received[name]
    ours: dict[int, Any] = {}  # by identity
    for group in groups:
        container = _container(inputs, group, ours)
        for key, name in group.entries:
            container[key] = received[name]
    return inputs


@dataclass(frozen=True, slots=True)
class _Group:
    """Names that lead into one container, which is found at `path` in the inputs."""

    path: Path
    kind: type[Any]
    room: int  # items that it must have, where it is a list
    entries: Sequence[tuple[str | int, str]]  # (key in the container, name)


@lru_cache(maxsize=4_096)
def _arranged(names: tuple[str, ...]) -> tuple[Sequence[str], Sequence[_Group]]:
    """Names without a path, and the others: a node gets the same ones at each firing."""
    parsed = [(name, *parse(name)) for name in names]
    # Outer values first, or they would replace what was put inside them.
    dynamic = sorted((each for each in parsed if each[2]), key=lambda each: len(each[2]))
    groups = [
        _group(path, kind, [(inner[-1], name) for name, _base, inner in each])
        for (path, kind), each in groupby(dynamic, lambda each: _container_of(*each[1:]))
    ]
    return [name for name, _base, path in parsed if not path], groups


def _container_of(base: str, path: Path) -> tuple[Path, type[Any]]:
    return (base, *path[:-1]), _kind_for(path[-1])


def _kind_for(key: str | int) -> type[Any]:
    return list if isinstance(key, int) else dict


def _group(path: Path, kind: type[Any], entries: Sequence[tuple[Any, str]]) -> _Group:
    room = max(key for key, _name in entries) + 1 if kind is list else 0
    return _Group(path, kind, room, entries)


def _container(inputs: dict[str, Any], group: _Group, ours: dict[int, Any]) -> Any:
    """The group's container: made where it is missing, copied where it is not one of ours, as are those around it."""
    container: Any = inputs
    for key, inner in zip(group.path, group.path[1:], strict=False):
        container = _inside(container, key, _kind_for(inner), ours)
        if isinstance(inner, int):
            _make_room(container, inner + 1)
    found = _inside(container, group.path[-1], group.kind, ours)
    _make_room(found, group.room)
    return found


def _inside(container: Any, key: Any, kind: type[Any], ours: dict[int, Any]) -> Any:
    found: Any = container.get(key) if isinstance(container, dict) else container[key]
    if id(found) not in ours or not isinstance(found, kind):
        found = container[key] = kind(found) if isinstance(found, kind) else kind()
        ours[id(found)] = found
    return found


def _make_room(container: Any, size: int) -> None:
    if size > len(container):
        container.extend([None] * (size - len(container)))
