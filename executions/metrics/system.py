"""What an operator looks at first: who lives, what waits, how much goes through, what fails, and how the servers are."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language
from redis.exceptions import RedisError

from blocks import registry
from blocks.translations import translated
from executions.engine.status import Status
from executions.measuring import BOUNDS
from executions.metrics import standing, totals
from executions.metrics.standing import KEYS, Standing
from executions.metrics.totals import SLOT_SECONDS, Series
from executions.models import NodeExecution, Process, Recent, Worker
from executions.rows.tallies import BLOCKS, GRAPHS
from executions.workers import recovery

HOURS = 24
MOST = 10  # lines of each table
HEIGHT = 100.0  # of the chart
_REMEMBERED = timedelta(minutes=10)  # a process that is gone
# Those that PostgreSQL takes for alive, as they hold their lock, and that say nothing.
_HANGING = """
SELECT worker.* FROM executions_worker AS worker
  JOIN pg_locks AS held ON held.locktype = 'advisory' AND held.granted AND held.objsubid = 2 AND held.objid = worker.lock_key
 WHERE worker.seen_at < clock_timestamp() - make_interval(secs => %s) AND held.classid = %s
   AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
 ORDER BY worker.seen_at
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """What ended in ten minutes; heights in the chart."""

    x: int
    begins: datetime
    good: int
    bad: int
    good_height: float
    bad_height: float

    @property
    def bad_top(self) -> float:
        """Where the upper part begins."""
        return HEIGHT - self.good_height - self.bad_height

    @property
    def good_top(self) -> float:
        """Where the lower part begins."""
        return HEIGHT - self.good_height


@dataclass(frozen=True, slots=True)
class BlockLine:
    """How a block did lately."""

    name: str
    ended: int
    failed: int
    mean: float | None  # seconds of those that completed
    p95: float | None  # as above: at most so long

    @property
    def failed_share(self) -> int:
        """In hundredths."""
        return 100 * self.failed // self.ended


@dataclass(frozen=True, slots=True)
class Servers:
    """PostgreSQL and Redis."""

    version: str
    bytes: int
    connections: int
    most_connections: int
    oldest_transaction: float  # seconds
    redis_seconds: float | None  # None when it does not answer

    @property
    def is_nearly_full(self) -> bool:
        """Whether PostgreSQL will soon refuse connections."""
        return self.connections > 0.9 * self.most_connections


@dataclass(frozen=True, slots=True)
class System:
    """The whole page."""

    version: str
    silent: float  # seconds without a word after which a process is gone
    now: Standing
    processes: Sequence[Process]
    hanging: Sequence[Worker]
    queued_blocks: Sequence[tuple[str, int]]
    oldest_ready: Sequence[NodeExecution]
    oldest_running: Sequence[NodeExecution]
    bars: Sequence[Bar]
    ended: int
    failed: int
    failing: Sequence[BlockLine]
    slow: Sequence[BlockLine]
    servers: Servers

    @property
    def has_different_keys(self) -> bool:
        """Whether processes that live have other keys than others."""
        living = [each for each in self.processes if each.silence <= self.silent]
        return len({each.gauges[KEYS] for each in living if KEYS in each.gauges}) > 1


def look() -> System:
    """Read it all (15 queries, none of which looks at history)."""
    totals.fold()
    bars = _bars()
    lines = _lines()
    return System(
        version=settings.VERSION,
        silent=standing.silent_seconds(),
        now=standing.look(),
        processes=list(
            Process.objects.filter(seen_at__gt=timezone.now() - _REMEMBERED).order_by("kind", "-pk")
        ),
        hanging=list(
            Worker.objects.raw(_HANGING, [standing.silent_seconds(), recovery.LOCK_CLASS])
        ),
        queued_blocks=_queued_blocks(),
        oldest_ready=_oldest(Status.QUEUED),
        oldest_running=_oldest(Status.RUNNING),
        bars=bars,
        ended=sum(bar.good + bar.bad for bar in bars),
        failed=sum(bar.bad for bar in bars),
        failing=sorted((line for line in lines if line.failed), key=lambda line: -line.failed)[
            :MOST
        ],
        slow=sorted(
            (line for line in lines if line.p95 is not None), key=lambda line: -(line.mean or 0)
        )[:MOST],
        servers=_servers(),
    )


def _oldest(status: Status) -> list[NodeExecution]:
    rows = NodeExecution.objects.filter(status=status).select_related("execution__user")
    shown = rows.defer(*_VALUES, *(f"execution__{name}" for name in ("inputs", "outputs")))
    return list(shown.order_by("queued_at")[:MOST])


_VALUES = ("inputs", "outputs", "memory", "answer")
_QUEUED_BLOCKS = """
SELECT block_id, count(*) FROM (
    SELECT block_id FROM executions_nodeexecution WHERE status = 'QUEUED' LIMIT %s) AS ready
 GROUP BY block_id ORDER BY count(*) DESC, block_id LIMIT %s
"""


def _queued_blocks() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_QUEUED_BLOCKS, [standing.MOST, MOST])
        return [(_name_of(block_id), count) for block_id, count in cursor.fetchall()]


def _name_of(block_id: str) -> str:
    block = registry.find(block_id)
    return translated(block.name, get_language() or "") if block else block_id


def _recent(measure: str) -> Iterable[Any]:
    since = timezone.now() - timedelta(hours=HOURS)
    rows = Recent.objects.filter(measure=measure, slot__gt=since)
    return rows.values_list("slot", "labels", "bucket", "count", "seconds")


def _bars() -> list[Bar]:
    """A bar for every ten minutes, also for those in which nothing has ended."""
    ended: defaultdict[datetime, list[int]] = defaultdict(lambda: [0, 0])
    for slot, (status, *_), _bucket, count, _seconds in _recent(GRAPHS):
        ended[slot][status == Status.FAILED] += count
    stamp = int(timezone.now().timestamp()) // SLOT_SECONDS * SLOT_SECONDS
    number = HOURS * 3_600 // SLOT_SECONDS
    begins = [
        datetime.fromtimestamp(stamp - back * SLOT_SECONDS, timezone.get_current_timezone())
        for back in range(number - 1, -1, -1)
    ]
    counts = {slot.timestamp(): pair for slot, pair in ended.items()}
    pairs = [counts.get(each.timestamp(), [0, 0]) for each in begins]
    scale = HEIGHT / max(1, *(sum(pair) for pair in pairs))
    return [
        Bar(x, each, good, bad, round(good * scale, 1), round(bad * scale, 1))
        for x, (each, (good, bad)) in enumerate(zip(begins, pairs, strict=True))
    ]


def _lines() -> list[BlockLine]:
    by_block: defaultdict[str, defaultdict[str, Series]]
    by_block = defaultdict(lambda: defaultdict(Series))
    for _slot, (block_id, status), bucket, count, seconds in _recent(BLOCKS):
        series = by_block[block_id][status]
        series.counts[bucket] += count
        series.seconds += seconds
    return [_line(block_id, by_status) for block_id, by_status in by_block.items()]


def _line(block_id: str, by_status: defaultdict[str, Series]) -> BlockLine:
    done = by_status[Status.COMPLETED]
    return BlockLine(
        _name_of(block_id),
        sum(series.count for series in by_status.values()),
        by_status[Status.FAILED].count,
        done.seconds / done.timed if done.timed else None,
        _at_most(done, 0.95),
    )


def _at_most(series: Series, share: float) -> float | None:
    """The upper end of the bucket in which this share of them is reached; None when there is none, or no upper end."""
    below = 0
    for bucket, bound in enumerate(BOUNDS):
        below += series.counts[bucket]
        if series.timed and below >= share * series.timed:
            return bound
    return None


_SERVER = """
SELECT current_setting('server_version'), pg_database_size(current_database()), count(*),
       current_setting('max_connections')::int, coalesce(max(extract(epoch FROM now() - xact_start)), 0)
  FROM pg_stat_activity WHERE datname = current_database()
"""


def _servers() -> Servers:
    with connection.cursor() as cursor:
        cursor.execute(_SERVER)
        version, size, connections, most, oldest = cursor.fetchone()
    return Servers(version, size, connections, most, float(oldest), _redis_seconds())


def _redis_seconds() -> float | None:
    began = time.perf_counter()
    try:
        cache.get("system")
    except RedisError:
        return None
    return time.perf_counter() - began
