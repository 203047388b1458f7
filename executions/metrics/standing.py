"""How the installation stands now: what is open, who works, how the servers are. Bounded, however many rows there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from executions.metrics import queue_shares
from executions.metrics.queue_shares import QueueShare
from executions.models import Process

CLOCK_SKEW = "agentloom_clock_skew_seconds"  # of all processes the largest counts, not the sum
KEYS = "keys"  # a fingerprint; told by no metric
MOST = 100_000  # of open things that are counted
MOST_USERS = 10  # that are named
_SILENT = 15.0
_MISSED = 3  # reports

# Both look into small indexes of what is open; history is never read.
_OPEN_RUNS = """
SELECT status, count(*) FROM (
    SELECT status FROM executions_execution WHERE status IN ('QUEUED', 'RUNNING', 'WAITING') LIMIT %s) AS open
 GROUP BY status
"""
_OPEN_NODES = """
SELECT CASE WHEN status <> 'QUEUED' THEN lower(status) WHEN for_advance THEN 'ready_for_burst' ELSE 'ready' END AS state,
       count(*), max(extract(epoch FROM clock_timestamp() - queued_at)) FROM (
    SELECT status, for_advance, queued_at FROM executions_nodeexecution
     WHERE status IN ('QUEUED', 'RUNNING', 'WAITING') LIMIT %s) AS open
 GROUP BY state
"""
_CONNECTIONS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """The installation at a moment."""

    runs: Mapping[str, int]  # open ones, by status
    nodes: Mapping[str, int]  # open node executions: ready, ready_for_burst, running, waiting
    oldest_ready: float  # seconds; 0 when nothing is ready
    oldest_running: float
    connections: int
    processes: Mapping[str, int]  # that were heard of lately, by kind
    gauges: Mapping[str, float]  # of all of them together
    shares: Sequence[QueueShare] = ()  # of those who have most in the queue

    @property
    def active(self) -> int:
        """Runs that have not ended."""
        return sum(self.runs.values())

    @property
    def ready(self) -> int:
        """Node executions that could start now."""
        return self.nodes.get("ready", 0) + self.nodes.get("ready_for_burst", 0)

    @property
    def queued_users(self) -> int:
        """People who have something that could start now."""
        return self.shares[0].users if self.shares else 0

    @property
    def largest_share(self) -> float:
        """Of the queue, that one person has: 0 to 1."""
        return self.shares[0].share if self.shares else 0.0


def look() -> Standing:
    """Read it (five queries)."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_RUNS, [MOST])
        runs = dict(cursor.fetchall())
        cursor.execute(_OPEN_NODES, [MOST])
        nodes = {state: (count, float(age)) for state, count, age in cursor.fetchall()}
        cursor.execute(_CONNECTIONS)
        [connections] = cursor.fetchone()
    processes, gauges = _processes()
    ready = [nodes[state][1] for state in ("ready", "ready_for_burst") if state in nodes]
    return Standing(
        runs=runs,
        nodes={state: count for state, (count, _age) in nodes.items()},
        oldest_ready=max(0.0, *ready) if ready else 0.0,
        oldest_running=nodes.get("running", (0, 0.0))[1],
        connections=connections,
        processes=processes,
        gauges=gauges,
        shares=queue_shares.look(most_rows=MOST, most_users=MOST_USERS),
    )


def silent_seconds() -> float:
    """Without a word for so long, a process does not count any more."""
    return max(_SILENT, _MISSED * float(settings.REPORT_SECONDS))


def _processes() -> tuple[dict[str, int], dict[str, float]]:
    counts = dict.fromkeys((kind.value for kind in Process.Kind), 0)
    gauges: dict[str, float] = {}
    silent = timedelta(seconds=silent_seconds())
    heard = Process.objects.filter(seen_at__gt=Now() - silent)
    for kind, said in heard.values_list("kind", "gauges"):
        counts[kind] += 1
        for name, value in said.items():
            before = gauges.get(name, 0.0)
            gauges[name] = max(before, value) if name == CLOCK_SKEW else before + value
    return counts, gauges
