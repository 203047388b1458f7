"""`./dev bench --fairness`: how long small runs of one person take while another one has something large."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from statistics import median

from django.db import connection

from accounts.models import User
from bench.results import percentile
from bench.stage import Stage, opened
from config.local.console import Console
from config.local.folder import DataFolder
from executions import services
from executions.metrics import standing
from executions.models import Execution

WORKERS = 2  # as many as `./dev up` starts
PROBES = 25
SMALL = {"three pure nodes": "chain-3", "three web requests in a row": "chain-io-3"}
LARGE: dict[str, Sequence[str]] = {
    "nothing": (),
    "a run of 10,000 pure nodes": ("big-10k",),
    "four such runs": ("big-10k",) * 4,
    "10,000 requests of half a second that are ready at once": ("requests-10k",),
}


def measure(folder: DataFolder, console: Console) -> int:
    """Print the table."""
    with opened(folder, console, workers=WORKERS) as one:
        other = replace(one, user=User.objects.create_user("small@example.com"), _versions={})
        for name in SMALL.values():
            other.run(name)
        for what, names in LARGE.items():
            with _going_on(one, names):
                _probe(other, what, console)
    return 0


def _probe(stage: Stage, what: str, console: Console) -> None:
    for small, name in SMALL.items():
        took = sorted(stage.run(name) for _ in range(PROBES))
        p90 = percentile(took, 90)
        figures = (
            f"{1e3 * median(took):.0f} ms, p90 {1e3 * p90:.0f} ms, most {1e3 * took[-1]:.0f} ms"
        )
        console.say(f"{small}, beside {what}: {figures}")
    console.say(f"  one person has {standing.look().largest_share:.0%} of what could start")


@contextmanager
def _going_on(stage: Stage, names: Sequence[str]) -> Iterator[None]:
    """These runs, again and again."""
    over = threading.Event()

    def work() -> None:
        while names and not over.is_set():
            runs = [stage.start(name).pk for name in names]
            while (
                not over.wait(0.05) and Execution.objects.filter(pk__in=runs).unfinished().exists()
            ):
                pass
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    if names:
        stage.wait_until(lambda: bool(standing.look().nodes), "the large run")
    try:
        yield
    finally:
        over.set()
        thread.join()
        for run in Execution.objects.filter(user=stage.user).unfinished():
            services.stop(run)
