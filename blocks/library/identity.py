"""When two JSON values are the same: as Python has it, but true is not 1."""

from collections.abc import Hashable
from typing import Any

from blocks.base import BlockError


def identity(value: Any) -> Hashable:
    """A key that is equal for equal values and can be put in a set."""
    try:
        return _key(value)
    except RecursionError:
        raise BlockError("A value is nested too deeply to be compared") from None


def unique(items: list[Any]) -> list[Any]:
    """The items without those that are equal to an earlier one."""
    first: dict[Hashable, Any] = {}
    for item in items:
        first.setdefault(identity(item), item)
    return list(first.values())


def _key(value: Any) -> Hashable:
    if isinstance(value, list):
        return ("list", tuple(map(_key, value)))
    if isinstance(value, dict):
        return ("dict", frozenset((name, _key(item)) for name, item in value.items()))
    return (isinstance(value, bool), value)
