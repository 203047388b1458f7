"""Columns of our own kind."""

from typing import Any

from django.db import models

from graphs.json_text import StoredDecoder


class StoredJSONField(models.JSONField):
    """JSON that comes back with the numbers that went in."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options["decoder"] = StoredDecoder
        super().__init__(*args, **options)
