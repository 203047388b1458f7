"""Reads JSON from outside; what could not be stored, or would cost too much to look at, is refused."""

import json
import re
from typing import Any

import orjson

from graphs.sentences import Sentence

MAX_DEPTH = 100
MAX_VALUES = 1_000_000
_SMALLEST, _LARGEST, _MOST_DIGITS = -(2**63), 2**64 - 1, 20

_MANY_DIGITS = re.compile(rb"[0-9]{19}")

# An escape counts only behind an even number of backslashes: `\\u0000` is a backslash and five letters.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class JsonError(ValueError):
    """The text is not JSON, or not JSON that this product takes; the message is a sentence for the user."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def read(text: bytes, *, max_depth: int = MAX_DEPTH) -> Any:
    """The value of UTF-8 JSON text. Of a key that is there twice the last value counts. Raises `JsonError`."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _refusal(error) from None
    if _NUL.search(text):
        raise JsonError("json_nul", Sentence("Text must not contain the NUL character (\\u0000)"))
    if _MANY_DIGITS.search(text):
        _require_exact(text)
    _require_modest(value, max_depth)
    return value


def _require_exact(text: bytes) -> None:
    """Refuse whole numbers that would be kept as something else."""
    try:
        json.loads(text, parse_int=_exact)
    except RecursionError:
        raise _too_deep() from None


def _exact(digits: str) -> int:
    if len(digits) > _MOST_DIGITS or not _SMALLEST <= int(digits) <= _LARGEST:
        raise JsonError(
            "json_number_too_large",
            Sentence("Whole numbers may be between -2^63 and 2^64 - 1; send others as text"),
        )
    return int(digits)


class StoredDecoder(json.JSONDecoder):
    """Reads what PostgreSQL stores: it writes 1e30 with all its digits, which must not come back as a whole number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, parse_int=_stored_number)


def _stored_number(digits: str) -> int | float:
    is_exact = len(digits) <= _MOST_DIGITS and _SMALLEST <= int(digits) <= _LARGEST
    return int(digits) if is_exact else float(digits)


def _refusal(error: orjson.JSONDecodeError) -> JsonError:
    if "depth limit" in error.msg:
        return _too_deep()
    return JsonError(
        "invalid_json",
        Sentence(
            "This is not JSON: {error} (line {line}, column {column})",
            error=error.msg,
            line=error.lineno,
            column=error.colno,
        ),
    )


def _too_deep(most: int = MAX_DEPTH) -> JsonError:
    return JsonError(
        "json_too_deep", Sentence("JSON may be nested {count} levels deep at most", count=most)
    )


def _require_modest(value: Any, max_depth: int) -> None:
    """Level by level, because a value may be nested more deeply than functions can be."""
    count, depth, level = 1, 0, [value]
    while containers := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        count += sum(map(len, containers))
        if depth > max_depth:
            raise _too_deep(max_depth)
        if count > MAX_VALUES:
            raise JsonError(
                "json_too_large",
                Sentence("JSON may hold {count} values at most", count=f"{MAX_VALUES:,}"),
            )
        level = [child for each in containers for child in _children(each)]


def _children(container: dict[str, Any] | list[Any]) -> Any:
    return container.values() if isinstance(container, dict) else container
