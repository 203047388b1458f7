"""What scenarios do again and again: draw a small graph, start runs, wait for what must come."""

import time
from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from django.db import DatabaseError, connection

from bench.results import percentile
from chaos.drawing import Pen
from chaos.stage import Stage
from chaos.table import Line
from config.local.errors import SetupError
from executions import services
from executions.models import Execution
from graphs import services as graph_services
from graphs.models import GraphVersion

PATIENCE = 90.0
_PAUSE = 0.01


def save(stage: Stage, pen: Pen) -> GraphVersion:
    """The drawing as a graph of the stage's user."""
    graph = pen.graph("fail")
    return graph_services.create_graph(owner=stage.user, name="Scenario", drawing=graph)


def start(stage: Stage, version: GraphVersion, count: int) -> list[UUID]:
    """So many runs, started without the API."""
    return [
        services.start_execution(version=version, user=stage.user, inputs={"value": "go"}).pk
        for _ in range(count)
    ]


def wait_for_end(ids: Collection[UUID]) -> None:
    """Until all of these runs have ended."""
    runs = Execution.objects.filter(pk__in=ids)
    wait_for(lambda: not runs.unfinished().exists(), "runs that end")


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Until this is true; a database that is away is waited for."""
    end = time.monotonic() + PATIENCE
    while not _holds(condition):
        if time.monotonic() > end:
            raise SetupError(f"Waited {PATIENCE:.0f} s for {what}.")
        time.sleep(_PAUSE)


def _holds(condition: Callable[[], bool]) -> bool:
    try:
        return condition()
    except DatabaseError:
        connection.close()
        return False


def percentiles(what: str, seconds: Sequence[float], limit: float | None) -> list[Line]:
    """The lines for single measurements; what was promised is about the 99th percentile."""
    ordered = sorted(seconds)
    return [
        Line(f"{what}: measurements", len(ordered)),
        Line(f"{what}: p50", percentile(ordered, 50), "s"),
        Line(f"{what}: p99", percentile(ordered, 99), "s", limit),
        Line(f"{what}: longest", ordered[-1], "s"),
    ]
