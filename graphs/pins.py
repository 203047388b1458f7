"""Names of pins. A dynamic name reaches inside a value:

`values_#_key` a dictionary entry, `list_$_0` a list item, `user_@_name` an attribute; they can be nested
(`order_#_lines_$_0`). On the sink of a link such names assemble a value, on the source they select from one.
"""

import re
from functools import lru_cache
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
    inputs = {**defaults}
    dynamic = []
    for name, value in received.items():
        base, path = parse(name)
        if path:
            dynamic.append((base, path, value))
        else:
            inputs[name] = value
    # Outer values first, or they would replace what was put inside them.
    dynamic.sort(key=lambda each: len(each[1]))
    ours: dict[int, Any] = {}  # by identity
    for base, path, value in dynamic:
        container: Any = inputs
        key: str | int = base
        for step in path:
            container, key = _inside(container, key, step, ours), step
        container[key] = value
    return inputs


def _inside(container: Any, key: str | int, step: str | int, ours: dict[int, Any]) -> Any:
    """The container at `key`, with room for `step`: made where it is missing, copied where it is not one of ours."""
    kind: type[Any] = list if isinstance(step, int) else dict
    found: Any = container.get(key) if isinstance(container, dict) else container[key]
    if id(found) not in ours or not isinstance(found, kind):
        found = container[key] = kind(found) if isinstance(found, kind) else kind()
        ours[id(found)] = found
    if isinstance(step, int) and step >= len(found):
        found.extend([None] * (step + 1 - len(found)))
    return found
