"""`kill -9` of everything at once, and a new start: every run goes on."""

import time
from datetime import UTC, datetime
from uuid import UUID

from chaos import drawing, history, invariants
from chaos.scenarios import acting
from chaos.stage import Stage
from chaos.table import Table
from executions.models import Worker

ROUNDS = 4
RUNS = 12
LIMIT = 5.0

# The first change of each run after a moment.
_FIRST_CHANGES = """
SELECT execution_id, extract(epoch FROM min(at))::float8 FROM chaos_history
 WHERE execution_id = ANY(%s) AND at > to_timestamp(%s) GROUP BY execution_id
"""


def measure(stage: Stage) -> Table:
    """Servers, web process and workers, in the middle of runs of effects of all classes."""
    history.install()
    pen = drawing.Pen(stage.random, stage.sink.url)
    at = pen.begin()
    for effect in drawing.EFFECTS:
        at = pen.effect(at, effect, ms=400)
    version = acting.save(stage, pen)
    since: dict[str, list[float]] = {"start": [], "worker": []}
    for number in range(1, ROUNDS + 1):
        runs = acting.start(stage, version, RUNS)
        time.sleep(stage.random.uniform(0.2, 1.6))
        started = _kill_and_start(stage)
        stage.heal()
        firsts = _first_changes(stage, runs, started)
        lives = _first_worker(started)
        since["start"] += [at - started for at in firsts]
        since["worker"] += [at - lives for at in firsts]
        stage.console.say(
            f"chaos: {number} of {ROUNDS}: a worker lived after {lives - started:.1f} s"
        )
    what = "everything killed: run goes on"
    lines = [
        *acting.percentiles(f"{what} after the start of the processes", since["start"], None),
        *acting.percentiles(f"{what} after a worker lives", since["worker"], LIMIT),
    ]
    return Table(lines, invariants.check(sink_log=stage.sink.entries()))


def _kill_and_start(stage: Stage) -> float:
    """When the first process was started again."""
    for actor in stage.actors.values():
        actor.kill()
    started = time.time()
    for actor in stage.actors.values():
        if actor.program.name != "postgres":
            actor.start()
    stage.start_database()
    return started


def _first_worker(since: float) -> float:
    """When a worker first showed that it lives."""
    moment = datetime.fromtimestamp(since, UTC)
    return min(
        worker.started_at.timestamp() for worker in Worker.objects.filter(started_at__gt=moment)
    )


def _first_changes(stage: Stage, runs: list[UUID], since: float) -> list[float]:
    """When each run went on, of those that had not ended."""
    acting.wait_for_end(runs)
    return [at for _, at in stage.ask(_FIRST_CHANGES, [runs, since])]
