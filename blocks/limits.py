"""How large one output may be. Blocks that can make much out of little ask before they build it."""

from typing import Any

import orjson

from blocks.base import BlockError
from blocks.values import to_json

MAX_OUTPUT_BYTES = 10_000_000


def text_size(text: str) -> int:
    """Bytes of the text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))


def json_size(value: Any) -> int:
    """Bytes of the value as JSON."""
    try:
        return len(orjson.dumps(value))
    except orjson.JSONEncodeError:  # numbers over 64 bits, or very deep nesting
        return text_size(to_json(value))


def require_room(size: int) -> None:
    """Refuse a result of this many bytes when that is too much."""
    if size > MAX_OUTPUT_BYTES:
        raise BlockError("The result would be larger than 10 MB", code="output_too_large")


def require_room_for(value: Any) -> None:
    """Refuse the value when it is too large as JSON."""
    require_room(json_size(value))
