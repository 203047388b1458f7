"""Stops race with runs: after the 2xx nothing of the run starts, and what was answered is what the row says."""

import time
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from uuid import UUID

from django.db.models import F

from chaos import drawing, invariants
from chaos.people import Reply
from chaos.scenarios import acting
from chaos.stage import Stage
from chaos.table import Line, Table
from config.local.errors import SetupError
from executions.engine.status import Status
from executions.models import Execution, NodeExecution

RACES = 2_000
RIVALS = 12  # at a time
LATEST = 0.25  # seconds between the acceptance and the stop
ON_ITS_WAY = (
    1.0  # seconds after the stop in which the effect of an attempt that ran before may arrive
)

Told = tuple[str, Reply, float]  # the run, what was answered to the stop, and when


def measure(stage: Stage) -> Table:
    """Runs of effects in a row, each stopped at some moment around its end."""
    pen = drawing.Pen(stage.random, stage.sink.url)
    at = pen.begin()
    for effect in (drawing.IDEMPOTENT, drawing.AT_MOST_ONCE, drawing.IDEMPOTENT):
        at = pen.effect(at, effect)
    graph_id = str(acting.save(stage, pen).graph_id)
    waits = [stage.random.uniform(0, LATEST) for _ in range(RACES)]
    with ThreadPoolExecutor(RIVALS) as pool:
        told = list(pool.map(_race, repeat(stage), repeat(graph_id), waits))
    acting.wait_for_end([UUID(id_) for id_, _, _ in told])
    violations = invariants.check(sink_log=stage.sink.entries())
    return Table(_lines(stage, told), violations)


def _race(stage: Stage, graph_id: str, wait: float) -> Told:
    started = stage.api.execute(graph_id)
    if not started.is_accepted:
        raise SetupError(f"A run was not accepted: {started}")
    time.sleep(wait)
    run_id = str(started.body["id"])
    return run_id, stage.api.stop(graph_id, run_id), time.time()


def _lines(stage: Stage, told: Sequence[Told]) -> list[Line]:
    stopped = {id_: at for id_, reply, at in told if reply.is_accepted and reply.body}
    ended = {id_ for id_, reply, _ in told if reply.is_accepted and not reply.body}
    starts = NodeExecution.objects.filter(execution__in=[UUID(id_) for id_ in stopped])
    arrived = [(run, at) for run, at in stage.sink.arrivals() if run in stopped]
    return [
        Line("cancel: races", len(told)),
        Line("cancel: runs that were stopped", len(stopped)),
        Line("cancel: runs that had ended before", len(ended)),
        Line("cancel: refused", len(told) - len(stopped) - len(ended), limit=0),
        Line("cancel: effects of stopped runs", len(arrived)),
        Line(
            f"cancel: effects later than {ON_ITS_WAY:g} s after the 2xx",
            sum(at > stopped[run] + ON_ITS_WAY for run, at in arrived),
            limit=0,
        ),
        Line(
            "cancel: node executions started after the stop",
            starts.filter(started_at__gt=F("execution__ended_at")).count(),
            limit=0,
        ),
        Line("cancel: answers that the row contradicts", _contradicted(stopped, ended), limit=0),
    ]


def _contradicted(stopped: Collection[str], ended: Collection[str]) -> int:
    cancelled = Execution.objects.filter(status=Status.CANCELLED)
    others = Execution.objects.exclude(status=Status.CANCELLED)
    return others.filter(pk__in=stopped).count() + cancelled.filter(pk__in=ended).count()
