"""The user of the measurements: draws the graphs, starts runs, waits for them, checks that all is there."""

import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.core.management import call_command
from django.db.models import Min

from accounts import keys
from accounts.models import Scope, User
from bench import setup, workloads
from config.local import programs
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import DataFolder
from config.local.programs import Address
from config.local.supervisor import Supervisor
from executions import services
from executions.engine.status import Status
from executions.models import Execution, NodeExecution, Worker
from graphs import services as graph_services
from graphs.models import GraphVersion
from graphs.spec import Graph

WAIT_MS = 1_000  # of each node of the runs in the background
_PAUSE = 0.005
_PATIENCE = 120.0

GRAPHS: dict[str, Callable[[str], Graph]] = {
    "chain-3": lambda site: workloads.chain(3),
    "chain-5": lambda site: workloads.chain(5),
    "chain-10": lambda site: workloads.chain(10),
    "chain-40": lambda site: workloads.chain(40),
    "chain-1000": lambda site: workloads.chain(1_000),
    "big-10k": lambda site: workloads.chain(10_000),
    "fan-40": lambda site: workloads.fan(40),
    "fan-100": lambda site: workloads.fan(100),
    "lattice": lambda site: workloads.lattice(10, 10),
    "io-40": lambda site: workloads.fetches(40, f"{site}/?ms=100"),
    "io-100": lambda site: workloads.fetches(100, f"{site}/?ms=1000"),
    "chain-io-40": lambda site: workloads.fetch_chain(40, f"{site}/"),
    "chain-io-3": lambda site: workloads.fetch_chain(3, f"{site}/"),
    "requests-10k": lambda site: workloads.fetches(9_998, f"{site}/?ms=500"),
    "in the background": lambda site: workloads.fetch_chain(60, f"{site}/?ms={WAIT_MS}"),
}


@dataclass
class Stage:
    """A user with an API key, and where the product and the local server are."""

    web: Address
    site: Address
    supervisor: Supervisor
    user: User
    key: str
    _versions: dict[str, GraphVersion] = field(default_factory=dict)

    @classmethod
    def set_up(cls, web: Address, site: Address, supervisor: Supervisor) -> "Stage":
        user = User.objects.create_user("bench@example.com")
        _, key = keys.issue(user, name="bench", permissions=Scope.values)
        return cls(web, site, supervisor, user, key)

    def version(self, name: str) -> GraphVersion:
        """The saved graph of this name; saved when it is asked for the first time."""
        if name not in self._versions:
            drawing = GRAPHS[name](self.site.url)
            self._versions[name] = graph_services.create_graph(
                owner=self.user, name=name, drawing=drawing
            )
        return self._versions[name]

    def start(self, name: str) -> Execution:
        return services.start_execution(version=self.version(name), user=self.user, inputs={})

    def run(self, name: str) -> float:
        """Seconds from the moment when the run was accepted to its end, both on this machine's clock."""
        (execution,) = self.finish([self.start(name).pk])
        return seconds_of(execution)

    def finish(self, ids: Collection[UUID]) -> list[Execution]:
        """Wait for these runs; every node must have a completed row."""
        runs = Execution.objects.filter(pk__in=ids)
        self.wait_until(lambda: not runs.unfinished().exists(), "runs that end")
        ended = list(runs.select_related("version"))
        wrong = [run for run in ended if run.status != Status.COMPLETED]
        if wrong or len(ended) != len(ids):
            raise SetupError(f"{len(wrong)} runs failed: {wrong[0].error if wrong else 'no row'}")
        nodes = NodeExecution.objects.filter(execution__in=ids, status=Status.COMPLETED)
        if nodes.count() != sum(run.node_count for run in ended):
            raise SetupError("Not every node execution was saved.")
        return ended

    def wait_for_workers(self, count: int) -> None:
        self.wait_until(lambda: Worker.objects.count() >= count, f"{count} workers")

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + _PATIENCE
        # This process starts runs, too: what it asks must not hold up that it wakes a worker.
        time.sleep(_PAUSE)
        while not condition():
            self.supervisor.require_hope()
            if time.monotonic() > end:
                raise SetupError(f"Waited {_PATIENCE:.0f} s for {what}.")
            time.sleep(_PAUSE)

    @contextmanager
    def runs_in_flight(self, count: int) -> Iterator[None]:
        """So many other runs, each of which waits for the local server again and again."""
        runs = [self.start("in the background") for _ in range(count)]
        running = NodeExecution.objects.filter(execution__in=runs, status=Status.RUNNING)
        self.wait_until(lambda: running.count() == count, "runs in the background")
        yield
        for run in runs:
            services.stop(run)
        time.sleep(WAIT_MS / 1_000)  # until the last answers have come, which nobody wants any more


@contextmanager
def opened(folder: DataFolder, console: Console, *, workers: int) -> Iterator[Stage]:
    """The product with so many workers, as it is used: a web process with its files, and the local server."""
    env, web, site = os.environ, setup.free_address(), setup.free_address()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    names = [f"worker{number}" for number in range(1, workers + 1)]
    wanted = [programs.web(web, env), setup.site(site, env)]
    wanted += [programs.worker(name, env) for name in names]
    with setup.running(wanted, folder, console) as supervisor:
        for address in (web, site):
            setup.wait_until_listening(address, supervisor)
        stage = Stage.set_up(web, site, supervisor)
        stage.wait_for_workers(workers)
        yield stage


def seconds_of(execution: Execution) -> float:
    assert execution.ended_at
    return (execution.ended_at - execution.created_at).total_seconds()


def first_node_at(ids: Collection[UUID]) -> dict[UUID, float]:
    """When the first node of each run began, as a time stamp."""
    firsts = (
        NodeExecution.objects.filter(execution__in=ids)
        .values("execution_id")
        .annotate(first=Min("started_at"))
        .values_list("execution_id", "first")
    )
    return {run_id: first.timestamp() for run_id, first in firsts}
