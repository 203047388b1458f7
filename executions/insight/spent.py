"""What somebody's credits went to: by day, by graph, by block. Read from the ledger, so it adds up to the balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from blocks import registry

DAYS = 30
_MOST_ROWS = 12

_ENTRIES = """
WITH entry AS (
    SELECT (created_at AT TIME ZONE %(zone)s)::date AS day, -amount AS amount,
           CASE WHEN reference ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' THEN left(reference, 36)::uuid END AS node
      FROM accounts_creditentry
     WHERE user_id = %(user)s AND reason IN ('usage', 'refund')
       AND (created_at AT TIME ZONE %(zone)s)::date > (now() AT TIME ZONE %(zone)s)::date - %(days)s
)
"""
_TODAY = "SELECT (now() AT TIME ZONE %(zone)s)::date"
_BY_DAY = _ENTRIES + "SELECT day, sum(amount)::bigint FROM entry GROUP BY day"  # nosec B608 # noqa: S608 - constants
_BY_GRAPH = (
    _ENTRIES
    + """
SELECT graph.name, sum(amount)::bigint AS spent FROM entry
  LEFT JOIN executions_nodeexecution node ON node.id = entry.node
  LEFT JOIN executions_execution run ON run.id = node.execution_id
  LEFT JOIN graphs_graph graph ON graph.id = run.graph_id
 GROUP BY graph.id HAVING sum(amount) > 0 ORDER BY spent DESC, graph.name LIMIT %(limit)s
"""  # nosec B608 # constants
)
_BY_BLOCK = (
    _ENTRIES
    + """
SELECT node.block_id, sum(amount)::bigint AS spent FROM entry
  LEFT JOIN executions_nodeexecution node ON node.id = entry.node
 GROUP BY node.block_id HAVING sum(amount) > 0 ORDER BY spent DESC, node.block_id LIMIT %(limit)s
"""  # nosec B608 # constants
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart; its place and length are hundredths of the chart's."""

    label: str
    credits: int
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class Spent:
    """What the last days cost."""

    total: int
    days: list[Bar]
    graphs: list[Bar]
    blocks: list[Bar]


def spent(user: User) -> Spent:
    """What this person has paid in the last `DAYS` days of their time zone, refunds taken off."""
    asked = {"user": user.pk, "zone": user.timezone, "days": DAYS, "limit": _MOST_ROWS}
    [(today,)] = _rows(_TODAY, asked)
    by_day: dict[date, int] = dict(_rows(_BY_DAY, asked))
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    graphs = [(name or _("Blocks tried alone"), paid) for name, paid in _rows(_BY_GRAPH, asked)]
    blocks = [(_name_of(id_), paid) for id_, paid in _rows(_BY_BLOCK, asked)]
    return Spent(
        total=sum(by_day.values()),
        days=_bars([(day.isoformat(), by_day.get(day, 0)) for day in days]),
        graphs=_bars(graphs),
        blocks=_bars(blocks),
    )


def _rows(statement: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())


def _name_of(block_id: str | None) -> str:
    if block_id is None:
        return _("Blocks tried alone")
    block = registry.find(block_id)
    return block.name if block else block_id


def _bars(amounts: Sequence[tuple[str, int]]) -> list[Bar]:
    """Bars side by side, the longest over the whole chart. A day on which more came back than went has none."""
    most = max((paid for _label, paid in amounts), default=0)
    width = 100 / max(1, len(amounts))
    return [
        Bar(
            label,
            paid,
            round(place * width, 2),
            round(100 * max(0, paid) / most, 2) if most > 0 else 0,
        )
        for place, (label, paid) in enumerate(amounts)
    ]
