"""Starts the product's processes and measures everything again and again: floors first, then each workload."""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from bench import floors, machine, options, peers, report, setup, stage, workloads
from bench.measure import CONNECTIONS, MEASURES, post_runs, run_id
from bench.options import Options
from bench.results import Floors, Results
from bench.workloads import WORKLOADS
from config.local import programs
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import DataFolder

WORKERS = 2  # as many as `./dev up` starts
ONE_WORKER = "io-100"  # all of it must fit into a single process
_SECONDS_TO_STOP = 5.0


@dataclass(frozen=True)
class Scene:
    """Everything a round needs."""

    stage: stage.Stage
    bare: floors.Bare
    options: Options
    results: Results
    console: Console

    def measure(self, names: Sequence[str], *, workers: int, reserve: float) -> None:
        """As many rounds as wanted; fewer when the time would not do."""
        self.stage.wait_for_workers(workers)
        self._warm_up(names, workers)
        for number in range(1, self.options.effort.rounds + 1):
            began = time.monotonic()
            self._round(names, number)
            took = time.monotonic() - began
            deadline = self.options.deadline
            if deadline and time.monotonic() + took + reserve > deadline:
                return

    def _round(self, names: Sequence[str], number: int) -> None:
        measured = self._floors(names)
        for name in names:
            reading = MEASURES[name](self.stage, measured, self.options.effort)
            self.results.add(WORKLOADS[name], reading)
            figures = f"{report.duration(reading.seconds)}, ratio {reading.ratio:.2f}"
            self.console.say(f"bench: round {number}: {name} {figures}")

    def _floors(self, names: Sequence[str]) -> Floors:
        """New ones in every round, but not for what is compared with a wait alone."""
        if [*names] != [ONE_WORKER] or not self.results.floors:
            effort = self.options.effort
            measured = self.bare.measure(effort.floor_seconds, effort.probes)
            self.results.floors.append(measured)
        return self.results.floors[-1]

    def _warm_up(self, names: Sequence[str], workers: int) -> None:
        """Once in every process, so that no round pays for what is done only once."""
        for name in [*names, *(["chain-1000"] if "big-10k" in names else [])]:
            graph = name if name in stage.GRAPHS else "chain-5"
            self.stage.finish([self.stage.start(graph).pk for _ in range(workers)])
        if "swarm-200" in names:
            self.stage.finish([run_id(answer) for answer in post_runs(self.stage, CONNECTIONS)])


def main(words: Sequence[str]) -> int:
    chosen, console = options.parse(words), Console(sys.stderr)
    folder = DataFolder.open(Path(os.environ["AGENTLOOM_DATA"]))
    facts = machine.facts(chosen.command)
    try:
        results = measure(chosen, folder, console)
        if chosen.peers:
            results.peers = peers.run_all(chosen.peers, folder, console, chosen.effort.rounds)
            peers.set_target(results)
    except SetupError as error:
        console.say(f"bench: {error}{setup.logs(folder)}")
        return 1
    except KeyboardInterrupt:
        return 130
    report.publish(results, facts, chosen)
    return 0


def measure(chosen: Options, folder: DataFolder, console: Console) -> Results:
    results = Results()
    with _shared(folder, console) as (place, bare):
        scene = Scene(place, bare, chosen, results, console)
        several = [name for name in chosen.names if name != ONE_WORKER]
        if several:
            names = [f"worker{number}" for number in range(2, WORKERS + 1)]
            others = [programs.worker(name, os.environ) for name in names]
            with setup.running(others, folder, console):
                scene.measure(several, workers=WORKERS, reserve=_SECONDS_TO_STOP * 2)
        if ONE_WORKER in chosen.names:
            scene.measure([ONE_WORKER], workers=1, reserve=_SECONDS_TO_STOP)
    return results


@contextmanager
def _shared(folder: DataFolder, console: Console) -> Iterator[tuple[stage.Stage, floors.Bare]]:
    """Web process, one worker, the local server, and those that the floors need."""
    env: Mapping[str, str] = os.environ
    web, floor_web, site = (setup.free_address() for _ in range(3))
    wanted = [
        setup.site(site, env),
        programs.web(web, env),
        programs.worker("worker1", env),
        setup.floor_web(floor_web, env),
        setup.floor_worker(env),
    ]
    console.say("bench: starting web process, workers and what the floors need …")
    call_command("migrate", verbosity=0, interactive=False)
    with setup.running(wanted, folder, console) as supervisor:
        for address in (site, web, floor_web):
            setup.wait_until_listening(address, supervisor)
        place = stage.Stage.set_up(web, site, supervisor)
        graph = workloads.chain(1_000)
        with floors.bare(folder, floor_web, site, graph) as bare:
            yield place, bare
