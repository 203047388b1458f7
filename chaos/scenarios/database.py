"""PostgreSQL goes away: the API says so at once, and workers go on without a restart when it is back."""

import time

from chaos import drawing, invariants
from chaos.people import Reply
from chaos.scenarios import acting
from chaos.stage import Stage
from chaos.table import Line, Table
from executions.models import NodeExecution

DOWN_SECONDS = 20.0
ANSWER_LIMIT, RESUME_LIMIT = 2.0, 5.0
RUNS = 8


def measure(stage: Stage) -> Table:
    """Down for a while in the middle of runs."""
    pen = drawing.Pen(stage.random, stage.sink.url)
    at = pen.begin()
    for effect in (drawing.IDEMPOTENT, drawing.AT_MOST_ONCE, drawing.IDEMPOTENT):
        at = pen.effect(at, effect, ms=1_000)
    version = acting.save(stage, pen)
    pids = {actor.pid for actor in stage.workers}
    runs = acting.start(stage, version, RUNS)
    acting.wait_for(lambda: all(map(stage.sink.effects_of, runs)), "effects")
    replies = _while_down(stage, str(version.graph_id), str(runs[0]))
    stage.start_database()
    back = time.monotonic()
    ended = NodeExecution.objects.filter(execution__in=runs, ended_at__isnull=False)
    before = ended.count()
    acting.wait_for(lambda: ended.count() > before, "an outcome")
    resumed = time.monotonic() - back
    acting.wait_for_end(runs)
    restarted = len(pids - {actor.pid for actor in stage.workers if actor.is_running})
    wrong = [reply for reply in replies if reply.status != 503 or not reply.retry_after]
    lines = [
        *acting.percentiles("database down: answer", [r.seconds for r in replies], ANSWER_LIMIT),
        Line("database down: answers other than 503 with Retry-After", len(wrong), limit=0),
        Line("database back: first outcome committed after", resumed, "s", RESUME_LIMIT),
        Line("database back: workers that had to be restarted", restarted, limit=0),
    ]
    violations = invariants.check(sink_log=stage.sink.entries())
    return Table(lines, [*map(str, wrong), *violations])


def _while_down(stage: Stage, graph_id: str, run_id: str) -> list[Reply]:
    stage.kill_database()
    began, replies = time.monotonic(), []
    while time.monotonic() - began < DOWN_SECONDS:
        replies += [
            stage.api.execute(graph_id),
            stage.api.read(run_id),
            stage.api.call("GET", "graphs"),
        ]
    return replies
