"""YAML with plain values only: no tags that make objects."""

import datetime
from typing import Any

import yaml

from blocks.sandbox.errors import LimitError, RefusedError

MAX_NODES = 200_000


def read(text: str) -> Any:
    """The value; of several documents a list."""
    try:
        documents = list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or "it cannot be read"
        raise RefusedError(f"The text is not plain YAML{place}: {reason}") from None
    count = [0]
    plain = [_plain(each, count) for each in documents]
    return plain[0] if len(plain) == 1 else plain


def _plain(value: Any, count: list[int]) -> Any:
    """The value as JSON has it. Walks into every alias, and so meets the bomb."""
    count[0] += 1
    if count[0] > MAX_NODES:
        raise LimitError(f"it has more than {MAX_NODES:,} values")
    if isinstance(value, dict):
        return {_key(name): _plain(item, count) for name, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item, count) for item in value]
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        raise RefusedError("The text has binary data in it, which is not a plain value")
    if isinstance(value, float) and value - value != 0:
        raise RefusedError("The text has a number in it that is not finite")
    return value


def _key(name: Any) -> str:
    return name if isinstance(name, str) else str(_plain(name, [0]))


def write(value: Any) -> str:
    """The value as YAML."""
    return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False))
