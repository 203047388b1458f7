"""What happens to the machines: more workers, cut cables, a dead machine, a rolling restart, and runs all the while."""

import itertools
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from bench.results import percentile
from chaos import drawing, invariants
from chaos.machines.network import REDIS
from chaos.machines.site import WEBS, WORKERS, Site
from chaos.people import Reply
from chaos.scenarios import acting
from chaos.table import Line, Table
from executions.models import Execution

EVERY = 0.2  # seconds between two submissions
FAN, FAN_MS, FANS = 20, 500, 8
CUT = 2.0  # leases: others have taken over by then
REDIS_CUT = 8.0  # seconds
ROOM = 2.0  # seconds of load after each accident


@dataclass
class Load:
    """Somebody who starts runs at either web machine, and asks the other one where the first does not answer."""

    site: Site
    graph_id: str
    accepted: list[str] = field(default_factory=list)
    refused: list[Reply] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Until it is over."""
        apis = itertools.cycle(self.site.apis)
        while not self._over.wait(EVERY):
            replies = [next(apis).execute(self.graph_id)]
            if not replies[0].is_accepted:
                replies.append(next(apis).execute(self.graph_id))
            self.seconds.append(sum(each.seconds for each in replies))
            if replies[-1].is_accepted:
                self.accepted.append(str(replies[-1].body["id"]))
            else:
                self.refused.append(replies[-1])

    @contextmanager
    def running(self) -> Iterator[None]:
        """Meanwhile."""
        thread = threading.Thread(target=self.work)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()


def play(site: Site) -> Table:
    """All of it."""
    lines = list(_throughput(site))
    load = Load(site, _graph(site, ms=100))
    began_at: dict[str, datetime] = {}
    with load.running():
        for what, accident in ACCIDENTS.items():
            began_at[what] = timezone.now()
            site.stage.console.say(f"chaos: {what}")
            accident(site)
            time.sleep(ROOM)
    site.stage.heal()
    acting.wait_for(lambda: not Execution.objects.unfinished().exists(), "runs that end")
    runs = Execution.objects.filter(pk__in=load.accepted)
    lasted = sorted((run.ended_at - run.created_at).total_seconds() for run in runs if run.ended_at)
    lines += [
        Line("runs accepted on two web machines", len(load.accepted)),
        Line("requests that neither of them answered well", len(load.refused), limit=0),
        Line("runs lost", len(load.accepted) - len(lasted), limit=0),
        Line("runs that did not complete", runs.exclude(status="COMPLETED").count(), limit=0),
        Line("POST execute, p50", percentile(sorted(load.seconds), 50), "s"),
        Line("POST execute, longest", max(load.seconds), "s"),
        Line("run from acceptance to end, p50", percentile(lasted, 50), "s"),
        Line("run from acceptance to end, longest", lasted[-1], "s"),
        *_longest(runs, began_at),
    ]
    return Table(lines, invariants.check(sink_log=site.stage.sink.entries()))


def _longest(runs: Iterable[Execution], began_at: Mapping[str, datetime]) -> Iterator[Line]:
    """Of the runs that were accepted while something was broken: how long it took until others went on with them."""
    moments = [*began_at.values(), datetime.max.replace(tzinfo=UTC)]
    for what, (begin, end) in zip(began_at, pairwise(moments), strict=True):
        lasted = [
            (run.ended_at - run.created_at).total_seconds()
            for run in runs
            if run.ended_at and begin <= run.created_at < end
        ]
        yield Line(f"the longest of those accepted meanwhile: {what}", max(lasted, default=0), "s")


def _graph(site: Site, *, ms: int, width: int = 2) -> str:
    """Effects beside one another, and one after them."""
    pen = drawing.Pen(site.stage.random, f"http://{site.network.world_address}")
    at = pen.begin()
    branches = [pen.effect(at, drawing.IDEMPOTENT, ms=ms) for _ in range(width)]
    pen.effect(pen.join(branches), drawing.IDEMPOTENT, ms=ms)
    return str(acting.save(site.stage, pen).graph_id)


def _throughput(site: Site) -> Iterator[Line]:
    """The same work with one worker machine, with two, and with three."""
    graph_id = _graph(site, ms=FAN_MS, width=FAN)
    rates = []
    for number in range(1, len(WORKERS) + 1):
        for name in WORKERS[number:]:
            site.stage.actors[name].end(signal.SIGTERM)
        for name in WORKERS[:number]:
            site.stage.actors[name].start()
        rates.append(_rate(site, graph_id))
        yield Line(f"effects of {FAN_MS} ms a second, worker machines: {number}", rates[-1], "/s")
    yield Line("one of them does of what three do", 100 * rates[0] / rates[-1], "%")


def _rate(site: Site, graph_id: str) -> float:
    site.stage.wait_for_workers()
    _fans(site, graph_id, 1)  # for what every process does only once
    runs = _fans(site, graph_id, FANS)
    began = min(run.created_at for run in runs)
    ended = max(run.ended_at for run in runs if run.ended_at)
    return FANS * (FAN + 1) / (ended - began).total_seconds()


def _fans(site: Site, graph_id: str, count: int) -> list[Execution]:
    ids = [UUID(site.apis[0].execute(graph_id).body["id"]) for _ in range(count)]
    acting.wait_for_end(ids)
    return list(Execution.objects.filter(pk__in=ids))


@contextmanager
def _without(site: Site, name: str) -> Iterator[None]:
    site.network.cut(name)
    try:
        yield
    finally:
        site.network.mend(name)


def _cut_worker(site: Site) -> None:
    with _without(site, WORKERS[0]):
        time.sleep(CUT * settings.LEASE_SECONDS)


def _kill_worker(site: Site) -> None:
    site.stage.actors[WORKERS[1]].kill()
    time.sleep(settings.LEASE_SECONDS)
    site.stage.actors[WORKERS[1]].start()


def _cut_redis(site: Site) -> None:
    with _without(site, REDIS):
        time.sleep(REDIS_CUT)


def _restart_all(site: Site) -> None:
    """As a new version is brought in: one process after the other, each when the one before it is there again."""
    for name in (*WEBS, *WORKERS):
        actor = site.stage.actors[name]
        actor.end(signal.SIGTERM)
        actor.start()
        site.stage.wait_for_workers()
        acting.wait_for(lambda: all(api.is_ready() for api in site.apis), "the web machines")


ACCIDENTS: dict[str, Callable[[Site], None]] = {
    "the cable of a worker is cut": _cut_worker,
    "a worker machine dies": _kill_worker,
    "the cable of Redis is cut": _cut_redis,
    "a rolling restart": _restart_all,
}
