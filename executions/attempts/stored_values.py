"""Values that runs keep for later runs: the `storage` port of one attempt."""

from typing import Any

from blocks.base import BlockError
from blocks.limits import json_size
from blocks.ports import MAX_KEPT_BYTES, Kept
from executions.attempts.claims import Attempt
from executions.models import StoredValue, StoredValueQuerySet

MAX_VALUES = 10_000  # of one user


class StoredValues:
    """What the user's runs have kept: all of them, or those of the same graph."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt

    def keep(self, key: str, value: Any, *, is_shared: bool) -> None:
        """Write the value over an older one. The last of several runs at once wins."""
        if json_size(value) > MAX_KEPT_BYTES:
            raise BlockError("The value is larger than 1 MB", code="output_too_large")
        place = self._place(key, is_shared=is_shared)
        values = self._values()
        if not values.filter(**place).exists() and values.count() >= MAX_VALUES:
            raise BlockError(f"You have kept {MAX_VALUES:,} values already", code="storage_quota")
        values.update_or_create(**place, owner_id=self._attempt.user_id, defaults={"value": value})

    def find(self, key: str, *, is_shared: bool) -> Kept | None:
        """The value that was kept last."""
        found = self._values().filter(**self._place(key, is_shared=is_shared))
        return next(map(Kept, found.values_list("value", flat=True)), None)

    def _values(self) -> StoredValueQuerySet:
        return StoredValue.objects.owned_by(self._attempt.user_id)

    def _place(self, key: str, *, is_shared: bool) -> dict[str, Any]:
        return {"graph_id": None if is_shared else self._attempt.graph_id, "key": key}
