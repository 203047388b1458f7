"""How names of pins reach inside values, a second time: written from the rules, to check what the engine did."""

import copy
import re
from collections.abc import Mapping
from typing import Any

Keys = list[str | int]

NOTHING: Any = object()


def split(name: str) -> tuple[str, Keys]:
    """A pin's own name, and the keys (text) and indexes (numbers) inside its value."""
    base, *pieces = re.split(r"(_#_|_\$_|_@_)", name)
    keys: Keys = []
    while pieces:
        kind, key, *pieces = pieces
        keys.append(int(key) if kind == "_$_" else key)
    return base, keys


def find(value: Any, keys: Keys) -> Any:
    """What the keys find inside a value, or NOTHING."""
    if not keys:
        return value
    key, *rest = keys
    if type(key) is int and type(value) is list and key in range(len(value)):
        return find(value[key], rest)
    if type(key) is str and type(value) is dict and key in value:
        return find(value[key], rest)
    return NOTHING


def assemble(default: Mapping[str, Any], received: Mapping[str, Any]) -> dict[str, Any]:
    """Received values over defaults; whole values first, then what goes inside of them."""
    inputs = copy.deepcopy(dict(default))
    for name in sorted(received, key=lambda name: len(split(name)[1])):
        base, keys = split(name)
        inputs[base] = put(inputs.get(base), keys, copy.deepcopy(received[name]))
    return inputs


def put(ground: Any, keys: Keys, value: Any) -> Any:
    """`ground` with the value at this place; what is no dictionary or list there makes room for one."""
    if not keys:
        return value
    key, *rest = keys
    if type(key) is str:
        ground = ground if type(ground) is dict else {}
        return {**ground, key: put(ground.get(key), rest, value)}
    assert type(key) is int
    ground = ground if type(ground) is list else []
    ground = ground + [None] * (key + 1 - len(ground))
    return [put(each, rest, value) if nth == key else each for nth, each in enumerate(ground)]
