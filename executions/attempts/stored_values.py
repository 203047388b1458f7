"""Values that runs keep for later runs: the `storage` port of one attempt.

Rule 1: who changes what is there holds its row; changes of several runs come one after the other.
Rule 2: such a change and the note in the attempt's own row that it has happened are one transaction, under the
    attempt's fence. Whoever begins the node execution again finds the note, and changes nothing.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction

from blocks.base import BlockError
from blocks.limits import MAX_OUTPUT_BYTES, json_size
from blocks.ports import MAX_KEPT_BYTES, Kept, KeptUnder
from blocks.values import preview
from executions.attempts import claims
from executions.attempts.claims import Attempt
from executions.attempts.connections import freed
from executions.models import NodeExecution, StoredValue, StoredValueQuerySet

MAX_VALUES = 10_000  # of one user
MAX_NUMBER = 2**53  # beyond it, sums are not exact


class StoredValues:
    """What the user's runs have kept: all of them, or those of the same graph.

    A block that is run by itself has no attempt and belongs to no graph: whatever it keeps is for all of them.
    """

    def __init__(self, user_id: UUID, attempt: Attempt | None = None) -> None:
        self._user_id = user_id
        self._attempt = attempt

    def keep(self, key: str, value: Any, *, is_shared: bool) -> None:
        """Write the value over an older one. The last of several runs at once wins."""
        _require_room(value)
        place = self._place(key, is_shared=is_shared)
        with freed():
            self._require_place(place)
            self._values().update_or_create(
                **place, owner_id=self._user_id, defaults={"value": value}
            )

    def find(self, key: str, *, is_shared: bool) -> Kept | None:
        """The value that was kept last."""
        found = self._values().filter(**self._place(key, is_shared=is_shared))
        with freed():
            return next(map(Kept, found.values_list("value", flat=True)), None)

    def append(self, key: str, value: Any, *, most: int, is_shared: bool) -> list[Any]:
        """Put the value at the end of the list. One that was appended before is not appended again."""
        self._once(lambda: self._append(key, value, most, is_shared=is_shared))
        kept = self.find(key, is_shared=is_shared)
        return kept.value if kept and isinstance(kept.value, list) else []

    def add(self, key: str, amount: float, *, is_shared: bool) -> float:
        """Add to the number. The same sum each time that the attempt is begun."""
        total: float = self._once(lambda: self._add(key, amount, is_shared=is_shared))
        return total

    def delete(self, key: str, *, is_shared: bool) -> bool:
        """Forget the value."""
        found = self._values().filter(**self._place(key, is_shared=is_shared))
        return bool(self._once(lambda: found.delete()[0] > 0))

    def list(self, prefix: str, limit: int, *, is_shared: bool) -> list[KeptUnder]:
        """The values whose keys begin so."""
        place = self._place(prefix, is_shared=is_shared)
        found = self._values().filter(graph_id=place["graph_id"], key__startswith=prefix)
        rows: list[KeptUnder] = []
        size = 0
        with freed():
            for key, value in found.order_by("key").values_list("key", "value")[:limit].iterator():
                rows.append(KeptUnder(value, key))
                size += json_size(value)
                if size > MAX_OUTPUT_BYTES:
                    raise BlockError(
                        "These values are larger than 10 MB; give a longer prefix or a lower limit",
                        code="output_too_large",
                    )
        return rows

    def _append(self, key: str, value: Any, most: int, *, is_shared: bool) -> None:
        row = self._held(key, [], is_shared=is_shared)
        if not isinstance(row.value, list):
            raise _other_kind(row, "a list")
        row.value = [*row.value, value][-most:]
        _require_room(row.value)
        row.save(update_fields=["value", "updated_at"])

    def _add(self, key: str, amount: float, *, is_shared: bool) -> float:
        row = self._held(key, 0, is_shared=is_shared)
        if isinstance(row.value, bool) or not isinstance(row.value, int | float):
            raise _other_kind(row, "a number")
        total = row.value + amount
        if abs(total) > MAX_NUMBER:
            raise BlockError(f"The number “{row.key[:60]}” would be too large")
        row.value = total
        row.save(update_fields=["value", "updated_at"])
        return total

    def _once(self, change: Callable[[], Any]) -> Any:
        """What the change gives, or gave when the node execution was begun before."""
        if self._attempt is None:
            with freed(), transaction.atomic():
                return change()
        own = NodeExecution.objects.filter(pk=self._attempt.id)
        with freed(), transaction.atomic():
            if not claims.hold(self._attempt):
                raise BlockError("Another worker has this node now", code="lost")
            note = own.values_list("memory", flat=True).get()
            if note is None:
                note = {"memory": {"changed": change()}, "calls": []}
                own.update(memory=note)
            return note["memory"]["changed"]

    def _held(self, key: str, first: Any, *, is_shared: bool) -> StoredValue:
        """The row of this key, ours until the transaction ends, made if need be."""
        place = self._place(key, is_shared=is_shared)
        self._require_place(place)
        new = StoredValue(**place, owner_id=self._user_id, value=first)
        StoredValue.objects.bulk_create([new], ignore_conflicts=True)
        return self._values().select_for_update().get(**place)

    def _require_place(self, place: dict[str, Any]) -> None:
        values = self._values()
        if not values.filter(**place).exists() and values.count() >= MAX_VALUES:
            raise BlockError(f"You have kept {MAX_VALUES:,} values already", code="storage_quota")

    def _values(self) -> StoredValueQuerySet:
        return StoredValue.objects.owned_by(self._user_id)

    def _place(self, key: str, *, is_shared: bool) -> dict[str, Any]:
        graph_id = self._attempt.graph_id if self._attempt and not is_shared else None
        return {"graph_id": graph_id, "key": key}


def _require_room(value: Any) -> None:
    if json_size(value) > MAX_KEPT_BYTES:
        raise BlockError("The value is larger than 1 MB", code="output_too_large")


def _other_kind(row: StoredValue, wanted: str) -> BlockError:
    return BlockError(f"Under “{row.key[:60]}” {preview(row.value)} is kept, which is not {wanted}")
