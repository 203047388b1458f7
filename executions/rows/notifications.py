"""What users are told of, and the statement that writes it down in the transaction of what it tells."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from database.statements import Statement
from executions.engine.values import dump
from executions.models import new_id
from executions.rows import records


class Event(StrEnum):
    """What somebody may want to hear of; the names are those of outgoing webhooks."""

    FINISHED = "run.finished"
    FAILED = "run.failed"
    WAITING = "run.waiting"
    SCHEDULE = "schedule.failing"
    CREDITS = "credits.low"
    CREDENTIAL = "credential.expired"


USUAL = frozenset(Event) - {Event.FINISHED}  # what whoever has said nothing is told of


@dataclass(frozen=True, slots=True)
class Told:
    """One notification. There is one for each `key` of a user, however often it is written; an empty key is none."""

    user_id: UUID
    event: Event
    data: Mapping[str, Any] = field(default_factory=dict)
    execution_id: UUID | None = None
    key: str = ""


def is_wanted(event: Event, told_of: Collection[str] | None) -> bool:
    """Whether a user with this in `User.told_of` wants to hear of it."""
    return event in (USUAL if told_of is None else told_of)


_COLUMNS = {
    "id": "uuid",
    "user_id": "uuid",
    "event": "text",
    "execution_id": "uuid",
    "key": "text",
    "data": "jsonb",
}
_INSERT = f"""
INSERT INTO notifications_notification ({", ".join(_COLUMNS)}, created_at)
SELECT {", ".join(_COLUMNS)}, clock_timestamp() FROM {records.source(_COLUMNS)}
    ON CONFLICT (user_id, key) WHERE key <> '' DO NOTHING
"""  # nosec B608 # noqa: S608 - constants


def insertion(told: Iterable[Told]) -> list[Statement]:
    """Write these down; nothing to do where there are none."""
    rows = [
        (new_id(), each.user_id, each.event.value, each.execution_id, each.key, dump(each.data))
        for each in told
    ]
    return [Statement(_INSERT, [records.as_json(_COLUMNS, rows)])] if rows else []
