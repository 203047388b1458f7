"""From what arrived at a node to the typed input of its block, changing values only when nothing is lost."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from blocks import exactness
from blocks.base import BlockError, Pins
from blocks.registry import AnyBlock
from blocks.values import describe, number_in, to_json

Place = tuple[str | int, ...]

# A text may have to become a list, its parts dictionaries, and their values text.
_ROUNDS = 4
_MAX_PROBLEMS = 5


class LossyError(ValueError):
    """The value cannot become what is needed without losing something."""


def parse_input(block: AnyBlock, values: Mapping[str, Any]) -> Pins:
    """The block's typed input. Raises `BlockError` that names the pin, what came and what is needed."""
    try:
        parsed: Pins | dict[str, str] = block.Input.model_validate(values)
    except ValidationError as error:
        parsed = _parse_coerced(block.Input, values, error.errors(include_url=False))
    except RecursionError:
        raise BlockError("An input is nested too deeply", code="invalid_input") from None
    if isinstance(parsed, Pins):
        exactness.require_exact(values, parsed)
        return parsed
    raise BlockError("; ".join(list(parsed.values())[:_MAX_PROBLEMS]), code="invalid_input")


def pin_problems(block: AnyBlock, values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with these values, a sentence a pin; pins that have no value at all are not counted."""
    try:
        block.Input.model_validate(values)
    except ValidationError as error:
        parsed = _parse_coerced(block.Input, values, error.errors(include_url=False))
        if not isinstance(parsed, Pins):
            return {pin: problem for pin, problem in parsed.items() if values.get(pin) is not None}
    except RecursionError:
        return dict.fromkeys(values, "This value is nested too deeply")
    return {}


def _parse_coerced(
    model: type[Pins], values: Mapping[str, Any], first: list[ErrorDetails]
) -> Pins | dict[str, str]:
    coerced = dict(values)
    errors = first
    copied: set[Place] = set()
    for _ in range(_ROUNDS):
        if not _coerce(coerced, errors, copied):
            break
        try:
            return model.model_validate(coerced)
        except ValidationError as error:
            errors = error.errors(include_url=False)
    return _problems(first, errors, values)


def _coerce(values: dict[str, Any], errors: Sequence[ErrorDetails], copied: set[Place]) -> bool:
    """Coerce in place what failed, where that loses nothing; tell whether anything changed."""
    changed: set[Place] = set()
    for error in errors:
        place = _place(values, error["loc"])
        if not place or place in changed:
            continue
        holder = _holder(values, place, copied)
        if _coerce_in(holder, place, error["type"]):
            changed.add(place)
    return bool(changed)


def _holder(values: dict[str, Any], place: Place, copied: set[Place]) -> Any:
    """What holds the place: a copy, as the values that arrived are not ours to change."""
    holder: Any = values
    for depth, key in enumerate(place[:-1], start=1):
        if place[:depth] not in copied:
            copied.add(place[:depth])
            holder[key] = copy(holder[key])
        holder = holder[key]
    return holder


def _coerce_in(holder: Any, place: Place, error_type: str) -> bool:
    value = holder[place[-1]]
    if value is None:
        # A pin that was given nothing takes its default; inside a list, nothing has no stand-in.
        return len(place) == 1 and holder.pop(place[0]) is None
    coerce = _COERCIONS.get(error_type)
    if coerce is None:
        return False
    try:
        holder[place[-1]] = coerce(value)
    except ValueError:
        return False
    return True


def _place(values: Mapping[str, Any], location: Place) -> Place:
    """The part of the location that leads into the values; the rest names the branch of a union."""
    value: Any = values
    for depth, key in enumerate(location):
        inside_dict = isinstance(value, Mapping) and key in value
        inside_list = isinstance(value, list) and isinstance(key, int) and key < len(value)
        if not (inside_dict or inside_list):
            return location[:depth]
        value = value[key]
    return location


def _list_in(value: Any) -> list[Any]:
    if isinstance(value, str):
        try:
            parsed = exactness.from_json(value)
        except ValueError:
            return [value]
        return parsed if isinstance(parsed, list) else [value]
    return [value]


def _dictionary_in(value: Any) -> dict[str, Any]:
    parsed = exactness.from_json(value) if isinstance(value, str) else value
    if not isinstance(parsed, dict):
        raise LossyError
    return parsed


def _whole_number_in(value: Any) -> int:
    number = number_in(value) if isinstance(value, str) else None
    if number is None or number != int(number):
        raise LossyError
    return int(number)


_COERCIONS: dict[str, Callable[[Any], Any]] = {
    "string_type": to_json,
    "list_type": _list_in,
    "dict_type": _dictionary_in,
    "model_type": _dictionary_in,
    "model_attributes_type": _dictionary_in,
    "int_parsing": _whole_number_in,
}

_NEEDED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a smaller number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a dictionary",
    "model_type": "a dictionary",
    "model_attributes_type": "a dictionary",
    "date_type": "a date such as 2026-01-31",
    "date_parsing": "a date such as 2026-01-31",
    "date_from_datetime_parsing": "a date such as 2026-01-31",
    "date_from_datetime_inexact": "a date such as 2026-01-31",
    "datetime_type": "a moment such as 2026-01-31T09:30",
    "datetime_parsing": "a moment such as 2026-01-31T09:30",
    "datetime_from_date_parsing": "a moment such as 2026-01-31T09:30",
    "time_type": "a time such as 09:30",
    "time_parsing": "a time such as 09:30",
    "enum": "one of {expected}",
    "literal_error": "one of {expected}",
    "union_tag_invalid": "one of {expected_tags} in {discriminator}",
    "union_tag_not_found": "a value for {discriminator}",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of {ge} or more",
    "less_than_equal": "a number of {le} or less",
    "string_pattern_mismatch": "text of the form {pattern}",
    "string_too_short": "text with {min_length} or more characters",
    "string_too_long": "text with {max_length} or fewer characters",
    "too_short": "a list with {min_length} or more items",
    "too_long": "a list with {max_length} or fewer items",
    "extra_forbidden": "no entry of this name",
}


def _problems(
    first: Sequence[ErrorDetails], last: Sequence[ErrorDetails], values: Mapping[str, Any]
) -> dict[str, str]:
    """Tells of every pin that still fails what came in the first place, not what became of it."""
    problems = {}
    for pin in dict.fromkeys(error["loc"][:1] for error in last):
        still = [error for error in last if error["loc"][:1] == pin]
        came = [error for error in first if error["loc"][:1] == pin]
        is_missing = still[0]["type"] == "missing"
        name = str(pin[0]) if pin else ""
        problems[name] = _problem(still if is_missing else came or still, values)
    return problems


def _problem(errors: Sequence[ErrorDetails], values: Mapping[str, Any]) -> str:
    """One sentence about the first failing place of one pin."""
    error = errors[0]
    if not error["loc"]:
        return error["msg"].removeprefix("Value error, ")
    pin = error["loc"][0]
    if error["type"] == "missing":
        lacks = error["loc"][1:]
        return (
            f'Pin "{pin}" has no value, it lacks {lacks[-1]!r}'
            if lacks
            else f'Pin "{pin}" has no value'
        )
    place = _place(values, error["loc"])
    same = [other for other in errors if _place(values, other["loc"]) == place]
    kinds = list(dict.fromkeys(map(_needed, same)))
    if "a number" in kinds and "a whole number" in kinds:
        kinds.remove("a whole number")
    needed = " or ".join(kinds)
    came = describe(error["input"])
    if len(place) == 1:
        return f'Pin "{pin}" got {came}, but {needed} is needed'
    where = "".join(f"[{key!r}]" for key in place[1:])
    return f'Pin "{pin}" got {came} at {where}, but {needed} is needed'


def _needed(error: ErrorDetails) -> str:
    words = _NEEDED.get(error["type"])
    if words is None:
        return f"something else ({error['msg'].removeprefix('Value error, ')})"
    return words.format_map(error.get("ctx", {})).replace("' or '", "', '")
