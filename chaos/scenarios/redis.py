"""Redis is dead, then frozen, for a minute each: runs are accepted quickly and end meanwhile."""

import time
from collections.abc import Callable

from bench.results import percentile
from chaos import drawing, invariants
from chaos.scenarios import acting
from chaos.stage import Stage
from chaos.table import Line, Table
from executions.models import Execution

SECONDS = 60.0
EVERY = 0.25  # seconds between two submissions
ROOM = 10.0  # what is submitted later than this before the end need not have ended
LIMIT = 1.0


def measure(stage: Stage) -> Table:
    """Both, one after the other."""
    pen = drawing.Pen(stage.random, stage.sink.url)
    pen.effect(pen.begin(), drawing.IDEMPOTENT)
    graph_id = str(acting.save(stage, pen).graph_id)
    stage.api.execute(graph_id)  # once for what is done only once
    broker = stage.actors["valkey"]
    lines = [
        *_without(stage, graph_id, "killed", broker.kill),
        *_without(stage, graph_id, "frozen", broker.freeze),
    ]
    acting.wait_for(lambda: not Execution.objects.unfinished().exists(), "runs that end")
    return Table(lines, invariants.check(sink_log=stage.sink.entries()))


def _without(stage: Stage, graph_id: str, how: str, harm: Callable[[], None]) -> list[Line]:
    harm()
    began, taken, early = time.monotonic(), [], []
    while time.monotonic() - began < SECONDS:
        reply = stage.api.execute(graph_id)
        taken.append(reply)
        if reply.is_accepted and time.monotonic() - began < SECONDS - ROOM:
            early.append(reply.body["id"])
        time.sleep(max(0.0, EVERY - reply.seconds))
    runs = Execution.objects.filter(pk__in=early)
    unfinished = runs.unfinished().count()
    lasted = [run.ended_at - run.created_at for run in runs if run.ended_at]
    stage.start_broker()
    what = f"Redis {how} for {SECONDS:.0f} s"
    return [
        Line(f"{what}: not accepted", sum(not reply.is_accepted for reply in taken), limit=0),
        *acting.percentiles(f"{what}: POST execute", [each.seconds for each in taken], LIMIT),
        Line(f"{what}: runs that did not end meanwhile", unfinished, limit=0),
        Line(
            f"{what}: run from acceptance to end, p99",
            percentile(sorted(each.total_seconds() for each in lasted), 99),
            "s",
        ),
    ]
