"""Parts of files that may have any shape: what is not as it should be counts as absent."""

from collections.abc import Mapping
from typing import Any


def mapping(value: Any) -> Mapping[str, Any]:
    """A dictionary, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: Any) -> list[Any]:
    """A list, or an empty one."""
    return value if isinstance(value, list) else []


def rows(value: Any) -> list[Mapping[str, Any]]:
    """The dictionaries in a list."""
    return [each for each in items(value) if isinstance(each, Mapping)]


def text(value: Any) -> str:
    """A text without spaces around it, or an empty one."""
    return value.strip() if isinstance(value, str) else ""
