"""Single promises, each measured on an installation with default settings: the function gives the lines of the table."""

from collections.abc import Callable, Mapping

from chaos.scenarios import cancel, connections, database, everything, redis, timers, workers
from chaos.stage import Stage
from chaos.table import Table

SCENARIOS: Mapping[str, Callable[[Stage], Table]] = {
    "recovery": workers.killed,
    "hang": workers.frozen,
    "redis": redis.measure,
    "cancel": cancel.measure,
    "timers": timers.measure,
    "connections": connections.measure,
    "database": database.measure,
    "everything": everything.measure,
}
