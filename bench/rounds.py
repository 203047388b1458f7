"""Starts the product's processes and measures everything again and again: floors first, then each workload."""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management import call_command

from bench import (
    estimates,
    fairness,
    floors,
    history,
    machine,
    mixed,
    options,
    pages,
    peers,
    report,
    setup,
    stage,
    watch,
)
from bench.measure import BIG, MEASURES, SMALL, post_runs, run_id
from bench.options import Options
from bench.results import Guess, Results
from bench.workloads import WORKLOADS
from config.local import programs
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import DataFolder
from executions.tasks import learn

WORKERS = 2  # as many as `./dev up` starts
ONE_WORKER = "io-100"  # all of it must fit into a single process
INSTEAD = {"pages": pages.measure, "history": history.measure, "fairness": fairness.measure}
FIRST_SECONDS = {BIG: 8.0, "start": 5.0, "swarm-200": 4.0}  # with warming up; the others need less
SECONDS_TO_STOP = 7.0  # every process and the servers


@dataclass
class Scene:
    """Everything a round needs."""

    stage: stage.Stage
    bare: floors.Bare
    options: Options
    console: Console
    results: Results
    _took: dict[str, float] = field(default_factory=dict)

    def measure(self, names: Sequence[str], *, workers: int) -> None:
        """One round after the other, as far as the time goes."""
        self.stage.wait_for_workers(workers)
        for number in range(1, self.options.effort.rounds + 1):
            self._measure_standard_floors()
            for name in names:
                if self._fits(name):
                    self._measure(name, number, workers)
                elif number == 1:
                    self.console.say(f"bench: no time is left for {name}")
            learn()

    def _fits(self, name: str) -> bool:
        deadline = self.options.deadline
        expected = self._took.get(name) or FIRST_SECONDS.get(name, 1.0)
        return deadline is None or time.monotonic() + expected + SECONDS_TO_STOP < deadline

    def _measure_standard_floors(self) -> None:
        """Those that belong into every table; the others come with their workloads."""
        self.bare.transactions_per_s()
        self.bare.loop_nodes_per_s()
        self.bare.celery_seconds()

    def _measure(self, name: str, number: int, workers: int) -> None:
        if name not in self._took:
            self._warm_up(name, workers)
        # By what was learnt in the rounds before.
        expected = estimates.expected(self.stage, name) if number > 1 else None
        began = time.monotonic()
        reading = MEASURES[name](self.stage, self.bare, self.options.effort)
        self._took[name] = time.monotonic() - began
        if expected:
            self.results.guesses.append(Guess(name, reading.seconds, *expected))
        self.results.add(WORKLOADS[name], reading)
        figures = f"{report.duration(reading.seconds)}, ratio {reading.ratio:.2f}"
        self.console.say(f"bench: round {number}: {name} {figures}")

    def _warm_up(self, name: str, workers: int) -> None:
        """Once in every process, so that no round pays for what is done only once."""
        small = ["chain-5"]
        graphs = {"swarm-200": small, "start": small, "watch": small, BIG: [BIG, SMALL]}
        for graph in graphs.get(name, [name]):
            self.stage.finish([self.stage.start(graph).pk for _ in range(workers)])
        if name == "swarm-200":
            self.stage.finish(
                [run_id(answer) for answer in post_runs(self.stage, floors.CONNECTIONS)]
            )
        if name == "watch":
            watch.latencies(self.stage, workers)


def main(words: Sequence[str]) -> int:
    chosen, console = options.parse(words), Console(sys.stderr)
    folder = DataFolder.open(Path(os.environ["AGENTLOOM_DATA"]))
    facts = machine.facts(chosen.command)
    try:
        if chosen.load:
            return mixed.measure(chosen.load, folder, console)
        if chosen.instead:
            return INSTEAD[chosen.instead](folder, console)
        results = measure(chosen, folder, console)
        if chosen.peers:
            results.peers = peers.run_all(chosen.peers, folder, console, chosen.effort.rounds)
            peers.set_target(results)
        report.publish(results, facts, chosen)
    except SetupError as error:
        console.say(f"bench: {error}{setup.logs(folder)}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def measure(chosen: Options, folder: DataFolder, console: Console) -> Results:
    with _scene(chosen, folder, console) as scene:
        if ONE_WORKER in chosen.names:
            scene.measure([ONE_WORKER], workers=1)
        several = [name for name in chosen.names if name != ONE_WORKER]
        if several:
            names = [f"worker{number}" for number in range(2, WORKERS + 1)]
            others = [programs.worker(name, os.environ) for name in names]
            with setup.running(others, folder, console):
                scene.measure(several, workers=WORKERS)
    return scene.results


@contextmanager
def _scene(chosen: Options, folder: DataFolder, console: Console) -> Iterator[Scene]:
    """Web process, one worker, the local server, and those that the floors need."""
    env: Mapping[str, str] = os.environ
    web, floor_web, site = (setup.free_address() for _ in range(3))
    without_tables = [
        setup.site(site, env),
        setup.floor_worker(env),
        setup.floor_web(floor_web, env),
        programs.web(web, env),
    ]
    console.say("bench: starting web process, workers and what the floors need …")
    with setup.running(without_tables, folder, console) as supervisor:
        call_command("migrate", verbosity=0, interactive=False)
        with setup.running([programs.worker("worker1", env)], folder, console):
            for address in (site, web, floor_web):
                setup.wait_until_listening(address, supervisor)
            place = stage.Stage.set_up(web, site, supervisor)
            results = Results()
            with floors.bare(folder, floor_web, site, chosen.effort, results.floors) as bare:
                yield Scene(place, bare, chosen, console, results)
