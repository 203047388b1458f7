"""What nobody can beat on this machine, measured again in every round."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore2
import psycopg

from bench import floor_tasks, load
from bench.floor_urls import INSERT
from bench.results import Floors
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
    """Where the floors are measured."""

    connection: Connection
    web: Address
    site: Address
    graph: Graph

    def measure(self, seconds: float, round_trips: int) -> Floors:
        return Floors(
            transactions_per_s=transactions_per_s(self.connection, seconds),
            loop_nodes_per_s=loop_nodes_per_s(self.graph),
            celery_seconds=celery_round_trips(round_trips),
            posts_seconds=posts_seconds(self.web),
            calls_seconds=calls_seconds(self.site),
        )


@contextmanager
def bare(folder: DataFolder, web: Address, site: Address, graph: Graph) -> Iterator[Bare]:
    """One connection for all rounds; a table of its own."""
    host = str(socket_folder(folder))
    with psycopg.connect(host=host, user=NAME, dbname=NAME, autocommit=True) as connection:
        connection.execute(CREATE)
        yield Bare(connection, web, site, graph)


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


def posts_seconds(web: Address) -> float:
    began = time.perf_counter()
    load.post(web, "/row", key="none", count=POSTS, connections=CONNECTIONS)
    return time.perf_counter() - began


def calls_seconds(site: Address) -> float:
    """The HTTP client that the blocks use, without guard and engine."""
    with httpcore2.ConnectionPool() as pool:
        pool.request("GET", site.url)
        began = time.perf_counter()
        for _ in range(CALLS):
            pool.request("GET", site.url)
        return time.perf_counter() - began
