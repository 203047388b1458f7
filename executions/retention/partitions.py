"""The event log in partitions by time: a week of runs each, which retention drops as a whole.

A table that was never parted stays as it is, and nothing here does anything. Ids of runs begin with the time, so a range
of them is a span of time, and a run stays together. What there was before is the first partition.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.utils import OperationalError

TABLE = "executions_event"
WEEKS_AHEAD = 4
_WEEK = timedelta(days=7)
_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
_PATIENCE = "SET LOCAL lock_timeout = '3s'"  # others wait behind whoever waits for such a lock

_IS_PARTED = "SELECT relkind = 'p' FROM pg_class WHERE oid = %s::regclass"
_PARTITIONS = r"""
SELECT child.relname, substring(pg_get_expr(child.relpartbound, child.oid) FROM $$TO \('([0-9a-f-]+)'\)$$)::uuid
  FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
 WHERE inhparent = %s::regclass AND pg_get_expr(child.relpartbound, child.oid) <> 'DEFAULT' ORDER BY 2
"""
# Before: whoever asks for one event by its number gets it by an index in each partition.
_INDEX = f"CREATE INDEX CONCURRENTLY IF NOT EXISTS event_by_number ON {TABLE} (id)"
_BOUND = f"ALTER TABLE {TABLE} ADD CONSTRAINT event_before CHECK (execution_id < %s) NOT VALID"
_PROVE = f"ALTER TABLE {TABLE} VALIDATE CONSTRAINT event_before"
_PART = f"""
ALTER TABLE {TABLE} RENAME TO {TABLE}_before;
ALTER TABLE {TABLE}_before RENAME CONSTRAINT one_event_per_seq TO one_event_per_seq_before;
ALTER INDEX event_by_number RENAME TO event_by_number_before;
ALTER TABLE {TABLE}_before ALTER id DROP IDENTITY;
CREATE TABLE {TABLE} (LIKE {TABLE}_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (execution_id);
ALTER TABLE {TABLE} DROP CONSTRAINT event_before;
CREATE SEQUENCE {TABLE}_number OWNED BY {TABLE}.id;
SELECT setval('{TABLE}_number', (SELECT coalesce(max(id), 0) + 1 FROM {TABLE}_before), false);
ALTER TABLE {TABLE} ALTER id SET DEFAULT nextval('{TABLE}_number');
ALTER TABLE {TABLE} ADD CONSTRAINT one_event_per_seq UNIQUE (execution_id, seq);
CREATE INDEX event_by_number ON {TABLE} (id);
ALTER TABLE {TABLE} ADD FOREIGN KEY (execution_id) REFERENCES executions_execution (id) DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE {TABLE}_others PARTITION OF {TABLE} DEFAULT;
ALTER TABLE {TABLE} ATTACH PARTITION {TABLE}_before FOR VALUES FROM (MINVALUE) TO (%s)
"""  # nosec B608 # noqa: S608 - constants
_NEEDED = """
SELECT EXISTS (SELECT FROM executions_execution WHERE id < %s AND (ended_at IS NULL OR ended_at > %s))
"""


@dataclass(frozen=True, slots=True)
class Partition:
    """The events of the runs of a span of time; `end` is the first id that is not in it."""

    name: str
    end: UUID

    @property
    def ends_at(self) -> datetime:
        """As a time."""
        return datetime.fromtimestamp((self.end.int >> 80) / 1_000, UTC)


def is_parted() -> bool:
    """Whether an operator has had it parted."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_PARTED, [TABLE])
        return bool(cursor.fetchone()[0])


def part() -> None:
    """Part it, while everything works; what happens until next Monday still goes to the table as it was.

    Reading all rows once, for the proof that they belong there, keeps nobody from writing. Raises `OperationalError`
    when others hold the table for too long: then nothing has changed, and it may be tried again.
    """
    end = first_id(_next_monday(datetime.now(UTC)))
    with connection.cursor() as cursor:
        cursor.execute(_INDEX)
        cursor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS event_before")
        cursor.execute(_BOUND, [end])
        cursor.execute(_PROVE)
        with transaction.atomic():
            cursor.execute(_PATIENCE)
            cursor.execute(_PART, [end])
    prepare_ahead()


def prepare_ahead() -> None:
    """Have a partition for each of the next weeks."""
    if not is_parted():
        return
    begin = partitions()[-1].ends_at
    last = datetime.now(UTC) + WEEKS_AHEAD * _WEEK
    while begin < last:
        _add(begin)
        begin += _WEEK


def partitions() -> list[Partition]:
    """The oldest first, without the one for what fits nowhere."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTITIONS, [TABLE])
        return [Partition(*row) for row in cursor.fetchall()]


def drop_old() -> list[str]:
    """Drop the partitions of which nothing is to be kept; returns their names.

    A partition stays as long as one of its runs has not ended, or has ended not long enough ago.
    """
    days = [each for each in (settings.RETENTION_EVENT_DAYS, settings.RETENTION_RUN_DAYS) if each]
    if not days or not is_parted():
        return []
    return [
        each.name for each in _old(datetime.now(UTC) - timedelta(days=min(days))) if _drop(each)
    ]


def _old(oldest: datetime) -> Iterator[Partition]:
    for each in partitions():
        if each.ends_at > oldest:
            return
        with connection.cursor() as cursor:
            cursor.execute(_NEEDED, [each.end, oldest])
            if cursor.fetchone()[0]:
                return
        yield each


def _add(begin: datetime) -> None:
    name = f"{TABLE}_{begin:%Y%m%d}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
        cursor.execute(
            f"CREATE TABLE {name} PARTITION OF {TABLE} FOR VALUES FROM (%s) TO (%s)",
            [first_id(begin), first_id(begin + _WEEK)],
        )


def _drop(partition: Partition) -> bool:
    """False when others hold it: there will be another time."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_PATIENCE)
            cursor.execute(f"DROP TABLE {partition.name}")
    except OperationalError:
        return False
    return True


def _next_monday(moment: datetime) -> datetime:
    return _MONDAY + ((moment - _MONDAY) // _WEEK + 1) * _WEEK


def first_id(moment: datetime) -> UUID:
    """No run of this moment or later has a smaller one."""
    return UUID(int=int(moment.timestamp() * 1_000) << 80)
