"""What was counted since ever, by all processes: the totals, and the increments that are not yet in them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection

from executions.measuring import UNTIMED
from executions.metrics.measures import MEASURES, OWNER, Measure
from executions.rows.tallies import BLOCKS, GRAPHS

# Of increments that were written while this runs none is lost and none counts twice: they are deleted and added in one
# statement. Sorted, so that two processes that do this at once do not wait for each other.
_FOLD = """
WITH taken AS (
    DELETE FROM executions_increment WHERE id IN (
        SELECT id FROM executions_increment ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING measure, labels, bucket, count, seconds
), every AS (
    INSERT INTO executions_total AS total (measure, labels, bucket, count, seconds)
    SELECT measure, labels, bucket, sum(count), sum(seconds) FROM taken
     GROUP BY measure, labels, bucket ORDER BY measure, labels, bucket
        ON CONFLICT (measure, labels, bucket) DO UPDATE
       SET count = total.count + excluded.count, seconds = total.seconds + excluded.seconds
), lately AS (
    INSERT INTO executions_recent AS recent (slot, measure, labels, bucket, count, seconds)
    SELECT date_bin(make_interval(secs => %(slot)s), now(), 'epoch'), measure, short, bucket, sum(count), sum(seconds)
      FROM (SELECT measure, labels[1:CASE measure WHEN %(graphs)s THEN 1 ELSE 2 END] AS short, bucket, count, seconds
              FROM taken WHERE measure IN (%(graphs)s, %(blocks)s)) AS of_runs
     GROUP BY measure, short, bucket ORDER BY measure, short, bucket
        ON CONFLICT (slot, measure, labels, bucket) DO UPDATE
       SET count = recent.count + excluded.count, seconds = recent.seconds + excluded.seconds
)
SELECT count(*) FROM taken
"""
_FORGET = "DELETE FROM executions_recent WHERE slot < now() - make_interval(secs => %s)"
SLOT_SECONDS = 600
_RECENT_SECONDS = 2 * 86_400
_AT_ONCE = 10_000

_READ = """
SELECT measure, labels, bucket, sum(count)::bigint, sum(seconds) FROM (
    SELECT measure, labels, bucket, count, seconds FROM executions_total
     UNION ALL SELECT measure, labels, bucket, count, seconds FROM executions_increment) AS every
 GROUP BY measure, labels, bucket
"""


def fold() -> None:
    """Add the increments to the totals. Any number of processes may do this at once."""
    values: dict[str, int | str] = {
        "limit": _AT_ONCE,
        "slot": SLOT_SECONDS,
        "graphs": GRAPHS,
        "blocks": BLOCKS,
    }
    with connection.cursor() as cursor:
        taken = _AT_ONCE
        while taken == _AT_ONCE:
            cursor.execute(_FOLD, values)
            [taken] = cursor.fetchone()
        cursor.execute(_FORGET, [_RECENT_SECONDS])


Labels = tuple[str, ...]


@dataclass(slots=True)
class Series:
    """What was counted with the same labels."""

    counts: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))  # by bucket
    seconds: float = 0.0

    @property
    def count(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def timed(self) -> int:
        """Those that took a time."""
        return self.count - self.counts[UNTIMED]


def read() -> Mapping[str, Mapping[Labels, Series]]:
    """Everything, by measure and labels (one query)."""
    read: dict[str, defaultdict[Labels, Series]] = {name: defaultdict(Series) for name in MEASURES}
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        for name, labels, bucket, count, seconds in cursor.fetchall():
            if name in MEASURES:  # another version may count more
                series = read[name][_cut(labels, names_of(MEASURES[name]))]
                series.counts[bucket] += count
                series.seconds += seconds
    return read


def names_of(measure: Measure) -> Labels:
    """The names of its labels."""
    return (*measure.labels, *(OWNER if measure.has_owner and settings.METRICS_OWNERS else ()))


def _cut(labels: list[str], names: Labels) -> Labels:
    """What was counted while the setting of owners was another one has more labels, or fewer."""
    return tuple((*labels, *[""] * len(names))[: len(names)])
