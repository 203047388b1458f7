"""How long the attempts of a worker are left alone after it was killed, or has begun to hang."""

import time
from collections.abc import Callable
from uuid import UUID

from chaos import drawing, invariants
from chaos.actors import Actor
from chaos.scenarios import acting
from chaos.stage import Stage
from chaos.table import Table
from executions.engine.status import Status
from executions.models import NodeExecution, Worker
from graphs.models import GraphVersion

KILLS, PAUSES = 20, 3
RUNS = 4  # at once, so that the worker in question has some of them
KILLED_LIMIT, FROZEN_LIMIT = 5.0, 40.0


def killed(stage: Stage) -> Table:
    """`kill -9`; the worker is started again at once, as the supervisor does."""

    def kill(worker: Actor) -> None:
        worker.kill()
        worker.start()

    return _measure(stage, kill, KILLS, "next attempt after kill -9 of a worker", KILLED_LIMIT)


def frozen(stage: Stage) -> Table:
    """SIGSTOP; it goes on when others have its work, and must change nothing."""
    return _measure(
        stage, Actor.freeze, PAUSES, "next attempt after SIGSTOP of a worker", FROZEN_LIMIT
    )


def _measure(
    stage: Stage, harm: Callable[[Actor], None], rounds: int, what: str, limit: float
) -> Table:
    pen = drawing.Pen(stage.random, stage.sink.url)
    pen.effect(pen.begin(), drawing.IDEMPOTENT)
    version = acting.save(stage, pen)
    seconds: list[float] = []
    for number in range(1, rounds + 1):
        stage.wait_for_workers()
        seconds += _round(stage, version, harm)
        stage.console.say(f"chaos: {what}, {number} of {rounds}: {seconds[-1]:.1f} s")
    violations = invariants.check(sink_log=stage.sink.entries())
    return Table(acting.percentiles(what, seconds, limit), violations)


def _round(stage: Stage, version: GraphVersion, harm: Callable[[Actor], None]) -> list[float]:
    """Seconds from the harm to the next attempt, for each attempt that the worker had."""
    stage.sink.close_gate()
    runs = acting.start(stage, version, RUNS)
    running = NodeExecution.objects.filter(execution__in=runs, status=Status.RUNNING)
    acting.wait_for(lambda: running.exclude(worker=None).count() == RUNS, "attempts that run")
    victim, theirs = _holder(stage, list(running))
    harm(victim)
    began = time.monotonic()
    again = _times_of_second_claims(theirs, began)
    stage.sink.open_gate()
    victim.heal()
    acting.wait_for_end(runs)
    return again


def _holder(stage: Stage, attempts: list[NodeExecution]) -> tuple[Actor, list[UUID]]:
    """A worker that has some of these attempts, and which."""
    id_ = attempts[0].worker
    assert id_  # it runs
    worker = Worker.objects.get(pk=id_)
    victim = next(actor for actor in stage.workers if actor.pid == worker.pid)
    return victim, [attempt.pk for attempt in attempts if attempt.worker == id_]


def _times_of_second_claims(ids: list[UUID], began: float) -> list[float]:
    seen: dict[UUID, float] = {}
    again = NodeExecution.objects.filter(pk__in=ids, fence__gt=1)

    def all_seen() -> bool:
        for id_ in again.values_list("pk", flat=True):
            seen.setdefault(id_, time.monotonic() - began)
        return len(seen) == len(ids)

    acting.wait_for(all_seen, "second attempts")
    return list(seen.values())
