"""A campaign: runs go through the installation while its parts break one after the other; then all must be well."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg
from django.conf import settings
from django.db import connection
from redis.exceptions import RedisError

from chaos import drawing, faults, history
from chaos.options import Options
from chaos.people import Person, Plan, Played
from chaos.stage import Stage
from config.local.processes import wait_until
from executions.models import Execution
from graphs import services as graph_services
from graphs.spec import Graph

MIN_SECONDS, SECONDS_A_RUN = 12.0, 0.6
MAX_GRAPHS = 300  # more runs than that share their graphs
CHILDREN = 4
PEOPLE = 64
SHARE_STOPPED = 0.12
STUCK_AFTER = 60.0  # seconds after everything was put right


def play(stage: Stage, options: Options) -> Played:
    """All of it, up to the point where every run has ended, or nothing moves any more."""
    history.install()
    seconds = max(MIN_SECONDS, options.runs * SECONDS_A_RUN)
    plans = _plans(stage, options.runs, seconds)
    names = [actor.program.name for actor in stage.workers]
    known = faults.kinds(names, settings.LEASE_SECONDS)
    acts = faults.timetable(stage.random, known, seconds)
    played, began = Played(), time.monotonic()
    with ThreadPoolExecutor(PEOPLE) as pool:
        work = [pool.submit(Person(stage.api, played, plan, began).work) for plan in plans]
        try:
            played.faults = _break(stage, acts, began)
            played.seconds_to_end = _mend(stage, work)
        finally:
            played.is_over.set()  # for people who would wait for ever
    for job in work:
        job.result()
    played.seconds = time.monotonic() - began
    return played


def _plans(stage: Stage, runs: int, seconds: float) -> list[Plan]:
    """When which graph is run, spread over the time in which things break."""
    random = stage.random
    children = [_save(stage, drawing.draw(random, stage.sink.url)) for _ in range(CHILDREN)]
    graphs = [drawing.draw(random, stage.sink.url, children) for _ in range(min(runs, MAX_GRAPHS))]
    ids = [_save(stage, graph) for graph in graphs]
    asks = [drawing.asks_people(graph) for graph in graphs]
    return [
        Plan(
            graph_id=ids[number % len(ids)],
            at=seconds * 0.95 * number / runs,
            stop_after=4 * random.random() ** 3 if random.random() < SHARE_STOPPED else None,
            asks_people=asks[number % len(ids)],
        )
        for number in range(runs)
    ]


def _save(stage: Stage, graph: Graph) -> str:
    saved = graph_services.create_graph(owner=stage.user, name="Chaos", drawing=graph)
    return str(saved.graph_id)


def _break(stage: Stage, acts: Iterable[faults.Act], began: float) -> Counter[str]:
    """Play the timetable; returns how often each kind of fault happened."""
    happened: Counter[str] = Counter()
    for act in acts:
        time.sleep(max(0.0, began + act.at - time.monotonic()))
        try:
            act.do(stage, act.part)
        except (psycopg.Error, RedisError, OSError) as error:
            stage.console.say(f"chaos: {act.fault or act.part} had to be left out: {error}")
            continue
        if act.fault:
            happened[act.fault] += 1
            stage.console.say(f"chaos: {act.at:5.1f} s  {act.fault} ({act.part})")
    return happened


def _mend(stage: Stage, work: Sequence[Future[None]]) -> float:
    """Put everything right and wait for the end of all runs; returns how long both took."""
    began = time.monotonic()
    stage.heal()
    wait_until(lambda: not _unfinished() and all(job.done() for job in work), STUCK_AFTER)
    return time.monotonic() - began


def _unfinished() -> int:
    try:
        return Execution.objects.unfinished().count()
    finally:
        connection.close()
