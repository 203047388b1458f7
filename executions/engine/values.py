"""Values as they are stored: JSON that PostgreSQL takes."""

import re
from typing import Any

import orjson

MAX_BYTES = 32 * 1024 * 1024
_NUL = b"\\u0000"
# The escape, and not the text that has a backslash (escaped by another one) before "u0000".
_NUL_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


class UnstorableError(ValueError):
    """A value has no JSON form, or is too large."""


def dump(value: Any) -> str:
    """JSON text of `value`. NaN and the infinities become null; NUL, which PostgreSQL refuses, becomes U+FFFD."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except TypeError as error:
        raise UnstorableError(f"a value cannot be stored as JSON ({error})") from None
    if len(text) > MAX_BYTES:
        raise UnstorableError(f"the values are larger than {MAX_BYTES // 1024 // 1024} MB")
    if _NUL in text:
        text = _NUL_ESCAPE.sub(rb"\1\\ufffd", text)
    return text.decode()


def load(text: str | bytes) -> Any:
    """The value of JSON text."""
    return orjson.loads(text)
