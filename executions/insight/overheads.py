"""What the engine adds to a run, learnt from runs: accepting, waking a worker, delivering and saving.

A part of it comes once for each run, the rest with every firing. Small runs tell the first: the lower quartile of those,
since a run that had to wait for a worker says how busy it was. Large runs tell the second: the median of what they took beyond that.
"""

from dataclasses import dataclass

from django.db import connection

from executions.models import Overhead

_NEWEST = 2_000  # runs to choose from, by their ids, which begin with the time
_SMALL, _LARGE, _HUGE = 10, 50, 2_000  # firings
_SMALL_RUNS, _LARGE_RUNS = 200, 50  # that are looked at, so no more than 102,000 firings are read
# A gap begins where everything that started before has ended. The acceptance and the end of the run are its edges.
_LEARN = """
WITH newest AS (
    SELECT id, node_count, created_at, ended_at
      FROM (SELECT * FROM executions_execution ORDER BY id DESC LIMIT %(newest)s) AS run
     WHERE status = 'COMPLETED' AND node_count > 0
), chosen AS (
    (SELECT * FROM newest WHERE node_count <= %(small)s ORDER BY id DESC LIMIT %(small_runs)s)
    UNION ALL
    (SELECT * FROM newest WHERE node_count BETWEEN %(large)s AND %(huge)s ORDER BY id DESC LIMIT %(large_runs)s)
), gap AS (
    SELECT run.id, run.node_count, run.ended_at, node.ended_at AS node_ended_at,
           node.started_at - coalesce(max(node.ended_at) OVER before, run.created_at) AS idle
      FROM chosen AS run JOIN executions_nodeexecution AS node ON node.execution_id = run.id AND node.started_at IS NOT NULL
    WINDOW before AS (PARTITION BY run.id ORDER BY node.started_at, node.position
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), took AS (
    SELECT node_count AS firings, greatest(0, extract(epoch FROM coalesce(sum(idle) FILTER (WHERE idle > '0'), '0')
           + ended_at - max(node_ended_at)))::float AS seconds
      FROM gap GROUP BY id, node_count, ended_at
), of_run AS (
    SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY seconds) AS seconds FROM took WHERE firings <= %(small)s
), of_firing AS (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(0, took.seconds - coalesce(of_run.seconds, 0)) / firings) AS seconds
      FROM took, of_run WHERE firings >= %(large)s
)
INSERT INTO executions_overhead (per, seconds, measured_at)
SELECT per, seconds, now() FROM (SELECT 'run' AS per, seconds FROM of_run UNION ALL SELECT 'firing', seconds FROM of_firing) AS learnt
 WHERE seconds IS NOT NULL
    ON CONFLICT (per) DO UPDATE SET seconds = excluded.seconds, measured_at = excluded.measured_at
"""


@dataclass(frozen=True, slots=True)
class Overheads:
    """In seconds; nothing where nothing is known."""

    of_run: float = 0.0
    of_firing: float = 0.0

    @classmethod
    def read(cls) -> "Overheads":
        """As it was learnt last (one query)."""
        known = dict(Overhead.objects.values_list("per", "seconds"))
        return cls(known.get(Overhead.Per.RUN, 0.0), known.get(Overhead.Per.FIRING, 0.0))

    def of(self, firings: int) -> float:
        """What is added to a run with so many of them."""
        return self.of_run + self.of_firing * firings if firings else 0.0


def learn() -> None:
    """Look at the newest runs; what none of them tells stays as it was. Doing it again, or at the same time, does no harm."""
    with connection.cursor() as cursor:
        cursor.execute(
            _LEARN,
            {
                "newest": _NEWEST,
                "small": _SMALL,
                "large": _LARGE,
                "huge": _HUGE,
                "small_runs": _SMALL_RUNS,
                "large_runs": _LARGE_RUNS,
            },
        )
