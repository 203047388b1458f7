"""`./dev bench --pages`: how long the server takes for each page while the database holds ten thousand runs."""

import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from statistics import median
from typing import TypeVar

import httpx2
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from bench import workloads
from bench.stage import Stage, opened
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import DataFolder
from executions.models import Execution, NodeExecution, new_id
from graphs import services as graphs

RUNS, GRAPHS = 10_000, 50
LIMIT = 0.060  # seconds, for the median of each page
REPEATS = 25
_BATCH = 2_000
_LISTS = (
    *("graphs", "executions", "triggers", "webhooks", "mailboxes", "published", "files"),
    *("knowledge", "vault", "notifications", "inbox", "teams", "blocks"),
)

Row = TypeVar("Row", bound=Model)


def measure(folder: DataFolder, console: Console) -> int:
    """Print the table; 1 if a page takes longer than it may."""
    with opened(folder, console, workers=1) as stage:
        console.say(f"bench: making {RUNS:,} runs …")
        took = _times_of(stage, _addresses(_fill(stage)))
    return _tell(took, console)


def _fill(stage: Stage) -> Execution:
    """Ten thousand copies of a small run over many graphs; returns a larger run."""
    small, large = stage.finish([stage.start(name).pk for name in ("chain-5", "chain-40")])
    if small.node_count > large.node_count:
        small, large = large, small
    versions = [
        graphs.create_graph(owner=stage.user, name=f"Graph {number}", drawing=workloads.chain(5))
        for number in range(GRAPHS)
    ]
    copies = [
        _copy(
            small,
            version_id=versions[number % GRAPHS].pk,
            graph_id=versions[number % GRAPHS].graph_id,
            created_at=small.created_at - timedelta(minutes=4 * number),
        )
        for number in range(1, RUNS)
    ]
    Execution.objects.bulk_create(copies, batch_size=_BATCH)
    firings = list(small.node_executions.all())
    rows = [_copy(firing, execution_id=copy.pk) for copy in copies for firing in firings]
    NodeExecution.objects.bulk_create(rows, batch_size=_BATCH)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum would within a minute
    return large


def _copy(row: Row, **changes: object) -> Row:
    """The same with another id."""
    same = {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}
    return type(row)(**{**same, "id": new_id(), **changes})


def _addresses(run: Execution) -> dict[str, str]:
    """The pages that people look at most, by what they are."""
    of_run, of_graph = [run.pk], [run.graph_id]
    return {
        **{f"list: {app}": reverse(f"{app}:list") for app in _LISTS},
        "search of runs": f"{reverse('executions:list')}?q=graph+7&order=longest",
        "dashboard": reverse("executions:dashboard"),
        "spending": reverse("executions:spending"),
        "gallery": reverse("graphs:gallery"),
        "a graph": reverse("graphs:detail", args=of_graph),
        "its builder": reverse("graphs:edit", args=of_graph),
        "its runs": f"{reverse('executions:list')}?graph={run.graph_id}",
        "a run": reverse("executions:detail", args=of_run),
        "a run, live": reverse("executions:live", args=of_run),
        "two runs": reverse("executions:compare", args=of_run),
        "a block": reverse("blocks:detail", args=["llm_call_block"]),
        "a form of a node": reverse("graphs:block-form", args=["llm_call_block"]),
        "presets": reverse("triggers:presets"),
        "a new schedule": reverse("triggers:new", args=of_graph),
        "a new graph": reverse("graphs:new"),
        "profile": reverse("accounts:profile"),
        "what to be told": reverse("notifications:settings"),
        "logins": reverse("accounts:logins"),
        "API keys": reverse("accounts:api-keys"),
        "credits": reverse("accounts:credits"),
    }


def _times_of(stage: Stage, addresses: Mapping[str, str]) -> dict[str, list[float]]:
    """Seconds of each request, one after the other."""
    browser = Client()
    browser.force_login(stage.user)
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    with httpx2.Client(base_url=stage.web.url, cookies=cookies, timeout=60) as pages:
        return {name: _times(pages, path) for name, path in addresses.items()}


def _times(pages: httpx2.Client, path: str) -> list[float]:
    took = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        answer = pages.get(path)
        took.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise SetupError(f"{path} answered {answer.status_code}.")
    return took[REPEATS // 5 :]  # the first ones fill caches


def _tell(took: Mapping[str, Sequence[float]], console: Console) -> int:
    slowest_first = sorted(took, key=lambda name: -median(took[name]))
    for name in slowest_first:
        console.say(
            f"{name:20} {1e3 * median(took[name]):6.1f} ms, at most {1e3 * max(took[name]):.1f} ms"
        )
    slow = [name for name in slowest_first if median(took[name]) > LIMIT]
    console.say(f"longer than {1e3 * LIMIT:.0f} ms: {', '.join(slow) or 'none'}")
    return int(bool(slow))
