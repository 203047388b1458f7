"""Whose work could start now: whether one person's long queue keeps others waiting. Bounded, as all of `standing` is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

_SHARES = """
SELECT account.email, share.ready, share.running, share.oldest, share.users, share.ready / nullif(share.total, 0)
  FROM (SELECT run.user_id, sum(of_run.ready) AS ready, sum(of_run.running) AS running, max(of_run.oldest) AS oldest,
               count(*) OVER () AS users, sum(sum(of_run.ready)) OVER () AS total
          FROM (SELECT execution_id, count(*) FILTER (WHERE status = 'QUEUED') AS ready,
                       count(*) FILTER (WHERE status = 'RUNNING') AS running,
                       max(extract(epoch FROM clock_timestamp() - queued_at)) FILTER (WHERE status = 'QUEUED') AS oldest
                  FROM (SELECT execution_id, status, queued_at FROM executions_nodeexecution
                         WHERE status IN ('QUEUED', 'RUNNING') LIMIT %s) AS open
                 GROUP BY execution_id) AS of_run
          JOIN executions_execution AS run ON run.id = of_run.execution_id
         GROUP BY run.user_id HAVING sum(of_run.ready) > 0
         ORDER BY ready DESC, run.user_id LIMIT %s) AS share
  JOIN accounts_user AS account ON account.id = share.user_id
 ORDER BY share.ready DESC, account.email
"""


@dataclass(frozen=True, slots=True)
class QueueShare:
    """What one person has in the queue."""

    email: str
    ready: int
    running: int
    oldest_ready: float  # seconds
    users: int  # all who have something in it
    share: float  # of everything that could start: 0 to 1

    @property
    def percent(self) -> int:
        """In hundredths."""
        return round(100 * self.share)


def look(*, most_rows: int, most_users: int) -> Sequence[QueueShare]:
    """Those who have most, first (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, [most_rows, most_users])
        return [
            QueueShare(email, int(ready), int(running), float(oldest), users, float(share))
            for email, ready, running, oldest, users, share in cursor.fetchall()
        ]
