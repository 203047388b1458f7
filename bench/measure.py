"""How each workload is measured in one round."""

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from uuid import UUID

import orjson
from django.db import transaction

from bench import load, watch
from bench.floors import CONNECTIONS, POSTS, Bare
from bench.options import Effort
from bench.results import Reading
from bench.stage import Stage, first_node_at
from bench.workloads import WORKLOADS

IN_FLIGHT = 100
BIG, SMALL = "big-10k", "chain-1000"
COMMITS_OF_CHAIN_IO = 80  # one claim and one outcome for each of 40 nodes

Measure = Callable[[Stage, Bare, Effort], Reading]


def pure(name: str, stage: Stage, bare: Bare, effort: Effort) -> Reading:
    floor = bare.transactions_per_s()
    seconds = median(stage.run(name) for _ in range(effort.repeats))
    return Reading(seconds, WORKLOADS[name].nodes / seconds / floor)


def waiting(name: str, ideal: float, stage: Stage, bare: Bare, effort: Effort) -> Reading:
    repeats = effort.repeats if ideal < 1 else 1
    seconds = median(stage.run(name) for _ in range(repeats))
    return Reading(seconds, seconds / ideal)


def chain_io(stage: Stage, bare: Bare, effort: Effort) -> Reading:
    floor = bare.calls_seconds() + COMMITS_OF_CHAIN_IO / bare.transactions_per_s()
    seconds = median(stage.run("chain-io-40") for _ in range(effort.repeats))
    return Reading(seconds, seconds / floor)


def swarm(stage: Stage, bare: Bare, effort: Effort) -> Reading:
    """From before the first request to the end of the last run."""
    floor = bare.posts_seconds()
    began = time.time()
    answers = post_runs(stage, POSTS)
    ends = [run.ended_at for run in stage.finish([run_id(answer) for answer in answers])]
    seconds = max(end.timestamp() for end in ends if end) - began
    posts = {"POST answered, 16 connections": [answer.seconds for answer in answers]}
    return Reading(seconds, seconds / floor, posts)


def post_runs(stage: Stage, count: int) -> list[load.Answer]:
    path = f"/api/graphs/{stage.version('chain-5').graph_id}/execute"
    return load.post(stage.web, path, key=stage.key, count=count, connections=CONNECTIONS)


def run_id(answer: load.Answer) -> UUID:
    return UUID(orjson.loads(answer.body)["id"])


def start(stage: Stage, bare: Bare, effort: Effort) -> Reading:
    floor = bare.celery_seconds()
    alone = start_latencies(stage, effort.probes)
    with stage.runs_in_flight(IN_FLIGHT):
        in_company = start_latencies(stage, effort.probes)
    seconds = median(alone)
    latencies = {
        "first node running": alone,
        f"first node running, {IN_FLIGHT} other runs in flight": in_company,
    }
    return Reading(seconds, seconds / floor, latencies)


def start_latencies(stage: Stage, count: int) -> list[float]:
    """From the commit of a run to its first node, one run at a time."""
    committed = dict(_run_noting_the_commit(stage) for _ in range(count))
    first = first_node_at(committed)
    return [first[id_] - at for id_, at in committed.items()]


def _run_noting_the_commit(stage: Stage) -> tuple[UUID, float]:
    at: list[float] = []
    with transaction.atomic():
        transaction.on_commit(lambda: at.append(time.time()))  # before all that follows the commit
        execution = stage.start("chain-5")
    stage.finish([execution.pk])
    return execution.pk, at[0]


def watching(stage: Stage, bare: Bare, effort: Effort) -> Reading:
    floor = bare.celery_seconds()
    latencies = watch.latencies(stage, effort.probes)
    seconds = median(latencies)
    return Reading(seconds, seconds / floor, {"event at a WebSocket": latencies})


def big(stage: Stage, bare: Bare, effort: Effort) -> Reading:
    """The smaller run is measured right before and after, as machines drift."""
    before = [stage.run(SMALL) for _ in range(2)]
    seconds = stage.run(BIG)
    after = [stage.run(SMALL) for _ in range(2)]
    factor = WORKLOADS[BIG].nodes / WORKLOADS[SMALL].nodes
    return Reading(seconds, seconds / factor / median([*before, *after]))


MEASURES: dict[str, Measure] = {
    **{
        name: partial(pure, name)
        for name in ("chain-40", "chain-1000", "fan-40", "fan-100", "lattice")
    },
    "swarm-200": swarm,
    "io-40": partial(waiting, "io-40", 0.1),
    "chain-io-40": chain_io,
    "start": start,
    "watch": watching,
    BIG: big,
    "io-100": partial(waiting, "io-100", 1.0),
}
