"""A hundred nodes wait for the world at once: they hold no connections to the database."""

from chaos import drawing, invariants
from chaos.scenarios import acting
from chaos.stage import Stage
from chaos.table import Line, Table
from executions.engine.status import Status
from executions.models import NodeExecution

WAITING = 100
LIMIT = 10

_SESSIONS = """
SELECT count(*), count(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity
 WHERE application_name = 'agentloom'
"""


def measure(stage: Stage) -> Table:
    """Requests that nobody answers, in parallel."""
    pen = drawing.Pen(stage.random, stage.sink.url)
    first = pen.begin()
    for _ in range(WAITING):
        pen.effect(first, drawing.IDEMPOTENT)
    version = acting.save(stage, pen)
    before, _ = _sessions(stage)
    stage.sink.close_gate()
    (run,) = acting.start(stage, version, 1)
    running = NodeExecution.objects.filter(execution=run, status=Status.RUNNING)
    acting.wait_for(lambda: stage.sink.effects_of(run) == WAITING, "effects")
    waiting = running.count()
    meanwhile, busy = _sessions(stage)
    stage.sink.open_gate()
    acting.wait_for_end([run])
    lines = [
        Line("connections: nodes that wait", waiting),
        Line("connections: sessions before, of all processes", before),
        Line("connections: sessions meanwhile, of all processes", meanwhile, limit=LIMIT),
        Line("connections: of these busy", busy),
    ]
    return Table(lines, invariants.check(sink_log=stage.sink.entries()))


def _sessions(stage: Stage) -> tuple[int, int]:
    """All sessions of web process, workers and this one, and those that do something."""
    ((all_of_them, busy),) = stage.ask(_SESSIONS)
    return all_of_them, busy
