"""JSON values: as text, from text, and what to call them in a sentence."""

import json
import math
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn

from blocks.base import BlockError

PREVIEW_LENGTH = 60

# No two quantifiers that can match the same characters stand side by side: failing takes linear time.
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
# In this order: to Python, true is also a number.
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true/false value"),
    (int, "number"),
    (float, "number"),
    (str, "text"),
    (list, "list"),
    (dict, "dictionary"),
    (type(None), "nothing"),
)


def to_json(value: Any) -> str:
    """The value as JSON text, readable in every language."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError):
        raise BlockError(f"This {kind_of(value)} cannot be written as JSON") from None


def as_text(value: Any) -> str:
    """Text as it is, anything else as JSON text."""
    return value if isinstance(value, str) else to_json(value)


def from_json(text: str) -> Any:
    """The value that the JSON text spells. Raises `ValueError` when it is not JSON."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError as error:
        if str(error).startswith("Exceeds the limit"):  # of Python, whose advice is not for users
            raise ValueError("a number has too many digits") from None
        raise


def parsed(value: Any) -> Any:
    """What a JSON text spells; any other value as it is."""
    if not isinstance(value, str):
        return value
    try:
        return from_json(value)
    except ValueError:
        return value


def number_in(text: str) -> int | float | None:
    """The number that the text spells, or None."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return int(text)
    except ValueError:
        number = float(text)
    return number if math.isfinite(number) else None


def kind_of(value: Any) -> str:
    """What to call the value: text, number, list, dictionary …"""
    return next((name for type_, name in _KINDS if isinstance(value, type_)), "value")


def describe(value: Any) -> str:
    """The kind of the value and how it begins, such as: the text "abc"."""
    if value is None:
        return "nothing"
    return f"the {kind_of(value)} {preview(value)}"


def preview(value: Any) -> str:
    """How the value begins, as JSON."""
    # Piece by piece: a large value is never written out for the sake of a short message.
    text = "".join(islice(_json_pieces(value), PREVIEW_LENGTH + 1))
    return text if len(text) <= PREVIEW_LENGTH else text[: PREVIEW_LENGTH - 1] + "…"


def _json_pieces(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        value = value[:PREVIEW_LENGTH]
    return json.JSONEncoder(ensure_ascii=False, default=str).iterencode(value)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")
