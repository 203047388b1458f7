"""Starts the product's processes and measures everything again and again: floors first, then each workload."""

import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import floors, machine, options, peers, report, setup, stage, workloads
from bench.measure import MEASURES, post_runs, run_id
from bench.options import Options
from bench.results import Results
from bench.workloads import WORKLOADS
from config.local import programs
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import DataFolder

WORKERS = 2  # as many as `./dev up` starts
ONE_WORKER = "io-100"  # all of it must fit into a single process
_FLOOR_SECONDS, _FLOOR_TRIPS = 0.4, 60
_SECONDS_OF_THE_END = 6.0  # for the rounds with one worker, and to stop everything


@dataclass(frozen=True)
class Scene:
    """Everything a round needs."""

    stage: stage.Stage
    bare: floors.Bare
    options: Options
    results: Results
    console: Console

    def rounds(self, names: Sequence[str], reserve: float) -> None:
        """As many rounds as wanted; fewer when the time would not do."""
        for number in range(1, self.options.effort.rounds + 1):
            began = time.monotonic()
            self._round(names, number)
            took = time.monotonic() - began
            deadline = self.options.deadline
            if deadline and time.monotonic() + took + reserve > deadline:
                return

    def _round(self, names: Iterable[str], number: int) -> None:
        self.console.say(f"bench: round {number}: floors")
        measured = self.bare.measure(_FLOOR_SECONDS, _FLOOR_TRIPS)
        self.results.floors.append(measured)
        for name in names:
            reading = MEASURES[name](self.stage, measured, self.options.effort)
            self.results.add(WORKLOADS[name], reading)
            self.console.say(
                f"bench: round {number}: {name} {report.duration(reading.seconds)}, {reading.ratio:.2f}"
            )

    def warm_up(self, names: Iterable[str]) -> None:
        """Once in every process, so that no round pays for what is done only once."""
        graphs = {name if name in stage.GRAPHS else "chain-5" for name in names}
        for name in sorted(graphs):
            self.stage.finish([self.stage.start(name).pk for _ in range(WORKERS)])
        self.stage.finish([run_id(answer) for answer in post_runs(self.stage, 2 * WORKERS)])


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
            others = [programs.worker(f"worker{n}", os.environ) for n in range(2, WORKERS + 1)]
            with setup.running(others, folder, console):
                place.wait_for_workers(WORKERS)
                scene.warm_up(several)
                scene.rounds(several, _SECONDS_OF_THE_END)
        if ONE_WORKER in chosen.names:
            place.wait_for_workers(1)
            scene.warm_up([ONE_WORKER])
            scene.rounds([ONE_WORKER], 0)
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
    with setup.running(wanted, folder, console) as supervisor:
        for address in (site, web, floor_web):
            setup.wait_until_listening(address, supervisor)
        place = stage.Stage.set_up(web, site, supervisor)
        graph = workloads.chain(1_000)
        with floors.bare(folder, floor_web, site, graph) as bare:
            yield place, bare
