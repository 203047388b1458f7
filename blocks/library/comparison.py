"""How blocks compare two values; text that spells a number counts as that number."""

import operator
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from blocks.base import BlockError
from blocks.values import kind_of, number_in


class Comparison(StrEnum):
    """How two values are compared."""

    EQUAL = "=="
    NOT_EQUAL = "!="
    GREATER = ">"
    LESS = "<"
    GREATER_OR_EQUAL = ">="
    LESS_OR_EQUAL = "<="


_COMPARE: dict[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.EQUAL: operator.eq,
    Comparison.NOT_EQUAL: operator.ne,
    Comparison.GREATER: operator.gt,
    Comparison.LESS: operator.lt,
    Comparison.GREATER_OR_EQUAL: operator.ge,
    Comparison.LESS_OR_EQUAL: operator.le,
}


def comparable(value: Any) -> Any:
    """The value as it takes part in a comparison."""
    if not isinstance(value, str):
        return value
    number = number_in(value)
    return value.strip() if number is None else number


def holds(left: Any, comparison: Comparison, right: Any) -> bool:
    """Whether the comparison is true. Raises `BlockError` for values that have no order."""
    left, right = comparable(left), comparable(right)
    try:
        return _COMPARE[comparison](left, right)
    except TypeError:
        raise BlockError(
            f"A {kind_of(left)} and a {kind_of(right)} cannot be compared with {comparison}"
        ) from None
