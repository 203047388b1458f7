"""From what arrived at a node to the typed input of its block, changing values only when nothing is lost."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from blocks.base import BlockError, Pins
from blocks.registry import AnyBlock
from blocks.values import describe, from_json, number_in, to_json

Place = tuple[str | int, ...]

# A text may have to become a list, its parts dictionaries, and their values text.
_ROUNDS = 4
_MAX_PROBLEMS = 5


def parse_input(block: AnyBlock, values: Mapping[str, Any]) -> Pins:
    """The block's typed input. Raises `BlockError` that names the pin, what came and what is needed."""
    try:
        return block.Input.model_validate(values)
    except ValidationError as error:
        return _parse_coerced(block.Input, values, error.errors(include_url=False))


def _parse_coerced(
    model: type[Pins], values: Mapping[str, Any], first: list[ErrorDetails]
) -> Pins:
    coerced = dict(values)
    for pin in {error["loc"][0] for error in first if len(error["loc"]) > 1}:
        coerced[str(pin)] = deepcopy(coerced.get(str(pin)))
    errors = first
    for _ in range(_ROUNDS):
        if not _coerce(coerced, errors):
            break
        try:
            return model.model_validate(coerced)
        except ValidationError as error:
            errors = error.errors(include_url=False)
    _refuse(first, errors, values)


def _coerce(values: dict[str, Any], errors: Sequence[ErrorDetails]) -> bool:
    """Coerce in place what failed, where that loses nothing; tell whether anything changed."""
    changed: set[Place] = set()
    for error in errors:
        place = _place(values, error["loc"])
        if place and place not in changed and _coerce_at(values, place, error["type"]):
            changed.add(place)
    return bool(changed)


def _coerce_at(values: dict[str, Any], place: Place, error_type: str) -> bool:
    holder: Any = values
    for key in place[:-1]:
        holder = holder[key]
    value = holder[place[-1]]
    if value is None:
        # A pin that was given nothing takes its default; inside a list, nothing has no stand-in.
        return len(place) == 1 and values.pop(str(place[0]), True) is None
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
            parsed = from_json(value)
        except ValueError:
            return [value]
        return parsed if isinstance(parsed, list) else [value]
    return [value]


def _dictionary_in(value: Any) -> dict[str, Any]:
    parsed = from_json(value) if isinstance(value, str) else value
    if not isinstance(parsed, dict):
        raise ValueError("not a dictionary")
    return parsed


def _whole_number_in(value: Any) -> int:
    number = number_in(value) if isinstance(value, str) else None
    if number is None or number != int(number):
        raise ValueError("not a whole number")
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
    "dict_type": "a dictionary",
    "model_type": "a dictionary",
    "model_attributes_type": "a dictionary",
    "date_type": "a date such as 2026-01-31",
    "date_parsing": "a date such as 2026-01-31",
    "date_from_datetime_parsing": "a date such as 2026-01-31",
    "time_type": "a time such as 09:30",
    "time_parsing": "a time such as 09:30",
    "enum": "one of {expected}",
    "literal_error": "one of {expected}",
    "union_tag_invalid": "one of {expected_tags} in {discriminator}",
    "union_tag_not_found": "a value for {discriminator}",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of {ge} or more",
    "less_than_equal": "a number of {le} or less",
    "string_too_short": "text with {min_length} or more characters",
    "string_too_long": "text with {max_length} or fewer characters",
}


def _refuse(
    first: Sequence[ErrorDetails], last: Sequence[ErrorDetails], values: Mapping[str, Any]
) -> NoReturn:
    """Tell of every pin that still fails what came in the first place, not what became of it."""
    problems = []
    for pin in dict.fromkeys(error["loc"][:1] for error in last):
        still = [error for error in last if error["loc"][:1] == pin]
        came = [error for error in first if error["loc"][:1] == pin]
        is_missing = still[0]["type"] == "missing"
        problems.append(_problem(still if is_missing else came or still, values))
    raise BlockError("; ".join(problems[:_MAX_PROBLEMS]), code="invalid_input")


def _problem(errors: Sequence[ErrorDetails], values: Mapping[str, Any]) -> str:
    """One sentence about the first failing place of one pin."""
    error = errors[0]
    if not error["loc"]:
        return error["msg"].removeprefix("Value error, ")
    pin = error["loc"][0]
    if error["type"] == "missing":
        inside = f", it lacks {error['loc'][-1]!r}" if len(error["loc"]) > 1 else ""
        return f'Pin "{pin}" has no value{inside}'
    place = _place(values, error["loc"])
    same = [other for other in errors if _place(values, other["loc"]) == place]
    needed = " or ".join(dict.fromkeys(map(_needed, same)))
    where = "".join(f"[{key!r}]" for key in place[1:])
    position = f" at {where}" if where else ""
    return f'Pin "{pin}" got {describe(error["input"])}{position}, but {needed} is needed'


def _needed(error: ErrorDetails) -> str:
    words = _NEEDED.get(error["type"])
    if words is None:
        return f"something else ({error['msg']})"
    return words.format_map(error.get("ctx", {}))
