"""What nobody can beat on this machine, measured right before what is compared with it."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import httpcore2
import psycopg

from bench import floor_tasks, load
from bench.floor_urls import INSERT
from bench.options import Effort
from bench.results import Floors
from bench.workloads import chain
from config.local.errors import SetupError
from config.local.folder import DataFolder
from config.local.postgres import NAME, socket_folder
from config.local.programs import Address
from graphs.spec import Graph

POSTS, CONNECTIONS, CALLS = 200, 16, 40
CREATE = "CREATE TABLE IF NOT EXISTS bench_row (id bigserial PRIMARY KEY, status text NOT NULL)"
_UPDATE = "UPDATE bench_row SET status = 'COMPLETED' WHERE id = %s"
_TASK_SECONDS = 30.0

Connection = psycopg.Connection[tuple[int, ...]]


@dataclass(frozen=True)
class Bare:
    """Where the floors are measured, and what was measured so far."""

    connection: Connection
    web: Address
    site: Address
    graph: Graph
    effort: Effort
    taken: Floors

    def transactions_per_s(self) -> float:
        rate = transactions_per_s(self.connection, self.effort.floor_seconds)
        self.taken.transactions_per_s.append(rate)
        return rate

    def loop_nodes_per_s(self) -> float:
        rate = loop_nodes_per_s(self.graph)
        self.taken.loop_nodes_per_s.append(rate)
        return rate

    def celery_seconds(self) -> float:
        """The median of some round trips."""
        trips = celery_round_trips(self.effort.probes)
        self.taken.celery_seconds.extend(trips)
        return median(trips)

    def posts_seconds(self) -> float:
        seconds = posts_seconds(self.web, POSTS)
        self.taken.posts_seconds.append(seconds)
        return seconds

    def calls_seconds(self) -> float:
        seconds = calls_seconds(self.site)
        self.taken.calls_seconds.append(seconds)
        return seconds

    def warm_up(self) -> None:
        """The first requests and tasks of a process are slow."""
        posts_seconds(self.web, CONNECTIONS)
        celery_round_trips(1)


@contextmanager
def bare(
    folder: DataFolder, web: Address, site: Address, effort: Effort, taken: Floors
) -> Iterator[Bare]:
    """One connection for all rounds; a table of its own."""
    host = str(socket_folder(folder))
    with psycopg.connect(host=host, user=NAME, dbname=NAME, autocommit=True) as connection:
        connection.execute(CREATE)
        place = Bare(connection, web, site, chain(1_000), effort, taken)
        place.warm_up()
        yield place


def transactions_per_s(connection: Connection, seconds: float) -> float:
    """One INSERT and one UPDATE in a transaction, again and again, on one connection."""
    done, began = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - began) < seconds:
        with connection.transaction():
            row = connection.execute(INSERT).fetchone()
            connection.execute(_UPDATE, row)
        done += 1
    return done / elapsed


def loop_nodes_per_s(graph: Graph) -> float:
    """Walk the graph in memory: no values, no rows, no engine."""
    missing = {name: len(graph.into(name)) for name in graph.nodes}
    began, done = time.perf_counter(), 0
    ready = deque(name for name, count in missing.items() if not count)
    while ready:
        name = ready.popleft()
        done += 1
        for link in graph.out_of(name):
            missing[link.sink_id] -= 1
            if not missing[link.sink_id]:
                ready.append(link.sink_id)
    return done / (time.perf_counter() - began)


def celery_round_trips(count: int) -> list[float]:
    """Publish a task, have it taken and answered, one at a time."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        if not floor_tasks.round_trip(_TASK_SECONDS):
            raise SetupError("The bare Celery worker does not answer.")
        times.append(time.perf_counter() - began)
    return times


def posts_seconds(web: Address, count: int) -> float:
    began = time.perf_counter()
    load.post(web, "/row", key="none", count=count, connections=CONNECTIONS)
    return time.perf_counter() - began


def calls_seconds(site: Address) -> float:
    """The HTTP client that the blocks use, without guard and engine."""
    with httpcore2.ConnectionPool() as pool:
        pool.request("GET", site.url)
        began = time.perf_counter()
        for _ in range(CALLS):
            pool.request("GET", site.url)
        return time.perf_counter() - began
