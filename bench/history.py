"""`./dev bench --history`: a million node executions, how long operators wait for their lists, and how fast old ones go."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from statistics import median

import httpx2
from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from bench.results import percentile
from bench.stage import Stage, opened
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import DataFolder
from executions.models import Event, Execution, NodeExecution
from executions.retention import services as retention
from executions.tasks import learn

RUNS, FIRINGS = 100_000, 10
DAYS = 100  # over which they are spread
REPEATS = 9
PATTERN = "chain-10"


@dataclass
class History:
    """What is measured, by what it is."""

    stage: Stage
    console: Console
    newest: Execution
    took: dict[str, float] = field(default_factory=dict)  # seconds

    def time(self, what: str, act: Callable[[], object], repeats: int = REPEATS) -> float:
        """The median of some times, after one that fills caches."""
        times = []
        for _ in range(repeats + (repeats > 1)):
            began = time.perf_counter()
            act()
            times.append(time.perf_counter() - began)
        self.took[what] = median(times[-repeats:])
        self.console.say(f"{what:52} {1e3 * self.took[what]:9.1f} ms")
        return self.took[what]


def measure(folder: DataFolder, console: Console) -> int:
    """Print it all."""
    with opened(folder, console, workers=1) as stage:
        console.say(f"bench: making {RUNS * FIRINGS:,} node executions …")
        history = History(stage, console, _fill(stage))
        _sizes(console)
        _lists(history)
        history.time("learning what blocks take", learn, repeats=3)
        _retention(history)
        _sizes(console)
    return 0


def _fill(stage: Stage) -> Execution:
    [run] = stage.finish([stage.start(PATTERN).pk])
    if run.node_count != FIRINGS:
        raise SetupError(f"A run has {run.node_count} node executions.")
    moment = f"timestamptz '{timezone.now().isoformat()}' - n * interval '{DAYS} days' / {RUNS}"
    run_id, of_run = _id(moment, "n"), f"old.execution_id = '{run.pk}'"
    _copy(Execution, f"old.id = '{run.pk}'", id=run_id, created_at=moment, ended_at=moment)
    node_id = _id(moment, "n * 100 + old.position")
    _copy(NodeExecution, of_run, id=node_id, execution_id=run_id)
    _copy(Event, of_run, execution_id=run_id)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return run


def _id(moment: str, number: str) -> str:
    """One that begins with the time, as those of the product do; in SQL."""
    stamp = f"lpad(to_hex((extract(epoch FROM {moment}) * 1000)::bigint), 12, '0')"
    return f"({stamp} || '7' || lpad(to_hex({number}), 19, '0'))::uuid"


def _copy(model: type[Model], which: str, **changed: str) -> None:
    """Each of these rows once for every run of the past."""
    columns = [str(each.column) for each in model._meta.concrete_fields if not _is_counted(each)]
    values = [changed.get(name, f"old.{name}") for name in columns]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"  # noqa: S608 - names of columns
            f" FROM {table} AS old, generate_series(1, {RUNS}) AS n WHERE {which} ORDER BY n DESC"
        )


def _is_counted(column: object) -> bool:
    """Whether PostgreSQL gives its values."""
    return type(column).__name__ == "BigAutoField"


def _sizes(console: Console) -> None:
    with connection.cursor() as cursor:
        for model in (Execution, NodeExecution, Event):
            table = model._meta.db_table
            cursor.execute("SELECT pg_total_relation_size(%s)", [table])
            [size] = cursor.fetchone()
            console.say(
                f"{table:30} {model._default_manager.count():10,} rows {size / 1e6:8.0f} MB"
            )


def _lists(history: History) -> None:
    user = history.stage.user
    user.role = Role.OPERATOR
    user.save(update_fields=["role"])
    run = history.newest.pk
    nodes = "/admin/executions/nodeexecution/"
    addresses = {
        "admin: list of runs": "/admin/executions/execution/",
        "admin: list of runs that failed": "/admin/executions/execution/?status__exact=FAILED",
        "admin: a run by its id": f"/admin/executions/execution/?q={run}",
        "admin: list of node executions": nodes,
        "admin: list of node executions that run": f"{nodes}?status__exact=RUNNING",
        "admin: node executions of a run": f"{nodes}?execution__id__exact={run}",
        "admin: list of events": "/admin/executions/event/",
        "admin: a run": f"/admin/executions/execution/{run}/change/",
        "admin: list of people": "/admin/accounts/user/",
        "system page": "/admin/system/",
        "a scrape of /metrics": "/metrics",
        "page: list of runs": "/executions/",
        "page: dashboard": "/dashboard/",
    }
    browser = Client()
    browser.force_login(user)
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    with httpx2.Client(base_url=history.stage.web.url, cookies=cookies, timeout=120) as pages:
        for what, path in addresses.items():
            history.time(what, partial(_get, pages, path))


def _get(pages: httpx2.Client, path: str) -> None:
    pages.get(path).raise_for_status()


def _retention(history: History) -> None:
    """Half of it is too old."""
    settings.RETENTION_RUN_DAYS = DAYS // 2
    told = history.console.say
    with _runs_meanwhile(history.stage) as quiet:
        time.sleep(5)
    before, rows = _wal(), NodeExecution.objects.count()
    with _runs_meanwhile(history.stage) as busy:
        seconds = history.time("deleting half of it", _sweep, repeats=1)
    gone, wal = rows - NodeExecution.objects.count(), _wal() - before
    told(
        f"{gone:,} node executions: {gone / seconds:,.0f} a second, {wal / gone:,.0f} bytes of log for each"
    )
    for what, lasted in (("before", quiet), ("meanwhile", busy)):
        ordered = sorted(lasted)
        told(
            f"a run of five nodes {what}: {1e3 * median(ordered):.0f} ms, p99 {1e3 * percentile(ordered, 99):.0f} ms ({len(ordered)})"
        )
    history.time("a look that finds nothing", _sweep, repeats=3)
    with connection.cursor() as cursor:
        history.time(
            "VACUUM of node executions",
            lambda: cursor.execute("VACUUM executions_nodeexecution"),
            repeats=1,
        )


def _sweep() -> None:
    retention.sweep(timezone.now())


def _wal() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
        return int(cursor.fetchone()[0])


@contextmanager
def _runs_meanwhile(stage: Stage) -> Iterator[list[float]]:
    """One small run after the other; how long they take."""
    lasted: list[float] = []
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            lasted.append(stage.run("chain-5"))
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield lasted
    finally:
        over.set()
        thread.join()
