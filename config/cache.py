"""How the cache writes values: as JSON. Django's own way, pickle, runs code of whoever can write into Redis."""

from typing import Any

import orjson


class JsonSerializer:
    """What `OPTIONS["serializer"]` of Django's Redis cache asks for."""

    def dumps(self, value: Any) -> bytes:
        """The text that is stored. Raises `TypeError` for what is no JSON."""
        return orjson.dumps(value)

    def loads(self, text: bytes) -> Any:
        """The value again. Raises `ValueError` for what we have not written."""
        return orjson.loads(text)
