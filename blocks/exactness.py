"""What a change of type would lose: digits that a number cannot keep, and entries of JSON text that shadow others."""

import json
import math
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from pydantic import BaseModel

from blocks.base import BlockError, Pins
from blocks.values import describe


def from_json(text: str) -> Any:
    """The value that JSON text spells. Raises `ValueError` when it is not JSON, or the value would lack something."""
    try:
        return json.loads(
            text, parse_float=_float, parse_constant=_refuse, object_pairs_hook=_dictionary
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _float(text: str) -> float:
    number = float(text)
    return _refuse(text) if _loses_digits(text, number) else number


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} cannot be kept exactly")


def _dictionary(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    dictionary = dict(pairs)
    if len(dictionary) < len(pairs):
        raise ValueError("a key comes twice")
    return dictionary


def require_exact(values: Mapping[str, Any], parsed: Pins) -> None:
    """Raises `BlockError` when a number became one that cannot keep all of its digits."""
    for pin in _pins_with_numbers(type(parsed)):
        if pin in values and _is_inexact(values[pin], getattr(parsed, pin)):
            raise BlockError(
                f'Pin "{pin}" got {describe(values[pin])}, but a number that can be kept exactly is needed',
                code="invalid_input",
            )


@cache
def _pins_with_numbers(model: type[Pins]) -> tuple[str, ...]:
    fields = model.model_fields.items()
    return tuple(name for name, field in fields if "float" in repr(field.annotation).lower())


def _is_inexact(came: Any, became: Any) -> bool:
    if isinstance(became, float):
        return not isinstance(came, float) and _loses_digits(came, became)
    if isinstance(became, BaseModel):
        became = dict(became)
    if isinstance(came, dict) and isinstance(became, dict):
        return any(_is_inexact(came[key], became[key]) for key in came.keys() & became.keys())
    if isinstance(came, list) and isinstance(became, list):
        return any(map(_is_inexact, came, became))
    return False


def _loses_digits(came: Any, became: float) -> bool:
    if not math.isfinite(became):
        return True
    try:
        exact = Decimal(came.strip()) if isinstance(came, str) else Decimal(came)
    except (InvalidOperation, TypeError, ValueError):
        return (
            False  # it was no number, but has become one by its own rules, as text of a list does
        )
    return exact not in {Decimal(repr(became)), Decimal(became)}
