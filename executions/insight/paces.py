"""What blocks take, learnt from what has run: medians and 90th percentiles, for estimates of graphs that never ran.

The scheduler looks every ten minutes. It reads the newest node executions by their ids, which begin with the time, so it
reads as much of a table of millions as of a small one. What has not run lately keeps what was learnt before.
"""

from collections.abc import Collection, Iterable

from django.db import connection

from blocks import registry
from blocks.library.llm import AiBlock
from executions.models import Pace

_NEWEST = 20_000
_FEWEST = 3  # firings that tell something
_FORGET_DAYS = 90
_LEARN = """
INSERT INTO executions_pace (block_id, model, count, median, p90, measured_at)
SELECT block_id, model, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds), now()
  FROM (SELECT block_id, extract(epoch FROM ended_at - started_at)::float AS seconds,
               CASE WHEN block_id = ANY(%(asking)s) THEN left(coalesce(inputs ->> 'model', ''), 200) ELSE '' END AS model
          FROM (SELECT block_id, status, started_at, ended_at, inputs FROM executions_nodeexecution
                 ORDER BY id DESC LIMIT %(newest)s) AS newest
         WHERE status = 'COMPLETED' AND ended_at >= started_at) AS took
 GROUP BY block_id, model HAVING count(*) >= %(fewest)s
    ON CONFLICT (block_id, model) DO UPDATE
   SET count = excluded.count, median = excluded.median, p90 = excluded.p90, measured_at = excluded.measured_at
"""
_FORGET = "DELETE FROM executions_pace WHERE measured_at < now() - make_interval(days => %s)"


def learn() -> None:
    """Look at what has run lately. Doing it again, or at the same time, does no harm."""
    asking = [block.id for block in registry.all_blocks() if isinstance(block, AiBlock)]
    with connection.cursor() as cursor:
        cursor.execute(_LEARN, {"asking": asking, "newest": _NEWEST, "fewest": _FEWEST})
        cursor.execute(_FORGET, [_FORGET_DAYS])


class Paces:
    """What is known of some blocks."""

    def __init__(self, rows: Iterable[Pace]) -> None:
        self._of: dict[tuple[str, str], Pace] = {}
        self._usual: dict[str, Pace] = {}  # with the model that was asked most often
        for row in sorted(rows, key=lambda each: each.count):
            self._of[row.block_id, row.model] = self._usual[row.block_id] = row

    @classmethod
    def read(cls, block_ids: Collection[str]) -> "Paces":
        """Of these blocks (one query)."""
        return cls(Pace.objects.filter(block_id__in=block_ids))

    def of(self, block_id: str, model: object) -> Pace | None:
        """What a node with this block and model takes; None where nothing is known."""
        return self._of.get((block_id, str(model or ""))) or self._usual.get(block_id)
