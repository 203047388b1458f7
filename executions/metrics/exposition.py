"""The text that Prometheus reads. Every web process gives the same: it is about the whole installation."""

from collections.abc import Iterable, Iterator, Mapping

from django.conf import settings
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from executions.measuring import BOUNDS
from executions.metrics import standing, totals
from executions.metrics.measures import MEASURES, Measure
from executions.metrics.standing import Standing
from executions.metrics.totals import Labels, Series


class _Families(Collector):
    """What was read, in the words of prometheus_client."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> list[Metric]:
        """All of it."""
        return self._families


def text() -> bytes:
    """Everything that is known now (six queries)."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families([*_counted(totals.read()), *_gauges(standing.look())]))
    return generate_latest(registry)


def _counted(read: Mapping[str, Mapping[Labels, Series]]) -> Iterator[Metric]:
    for name, measure in MEASURES.items():
        names = totals.names_of(measure)
        if measure.counter:
            yield _counter(measure, names, read[name])
        if measure.histogram:
            yield _histogram(measure, names, read[name])


def _counter(measure: Measure, names: Labels, read: Mapping[Labels, Series]) -> Metric:
    family = CounterMetricFamily(measure.counter, measure.help, labels=names)
    for labels, series in sorted(read.items(), key=lambda item: item[0]):
        family.add_metric(labels, series.count)
    return family


def _histogram(measure: Measure, names: Labels, read: Mapping[Labels, Series]) -> Metric:
    family = HistogramMetricFamily(measure.histogram, f"{measure.help}: seconds", labels=names)
    for labels, series in sorted(read.items(), key=lambda item: item[0]):
        if series.timed:
            family.add_metric(labels, _buckets(series), series.seconds)
    return family


def _buckets(series: Series) -> list[tuple[str, float]]:
    """How many took at most so long."""
    below, buckets = 0, []
    for index, bound in enumerate(BOUNDS):
        below += series.counts[index]
        buckets.append((str(bound), float(below)))
    return [*buckets, ("+Inf", float(series.timed))]


def _gauges(now: Standing) -> Iterator[Metric]:
    yield _gauge("autogpt_active_executions", "Runs that have not ended", now.active)
    yield _labelled("agentloom_open_executions", "Runs by status", "status", now.runs)
    yield _labelled(
        "agentloom_open_node_executions", "Node executions that have not ended", "state", now.nodes
    )
    yield _gauge("agentloom_queue_depth", "Node executions that could start now", now.ready)
    yield _gauge(
        "agentloom_oldest_ready_seconds",
        "How long the oldest of them is there",
        now.oldest_ready,
    )
    yield _gauge("agentloom_queued_users", "People who have some of them", now.queued_users)
    yield _gauge(
        "agentloom_largest_queue_share",
        "The part of them that one person has, 0 to 1",
        now.largest_share,
    )
    yield _labelled("agentloom_processes", "Processes that live", "kind", now.processes)
    yield _gauge("agentloom_database_connections", "Open connections", now.connections)
    for name, said in GAUGES.items():
        yield _gauge(name, said, now.gauges.get(name, 0.0))
    yield _labelled("agentloom_build_info", "The version", "version", {settings.VERSION: 1})


# What each process says of itself; added up, but for clocks.
GAUGES = {
    "agentloom_database_pool_size": "Connections that the pools hold",
    "agentloom_database_pool_available": "Those that nobody uses",
    "agentloom_database_pool_waiting": "Threads that wait for one",
    "agentloom_slots": "Attempts that the workers could run at a time",
    "agentloom_slots_used": "Attempts that they run",
    "agentloom_redis_up": "Processes that Redis answers",
    "agentloom_resident_memory_bytes": "Memory of all processes",
    standing.CLOCK_SKEW: "How far a process's clock is from the database's, at most",
}


def _gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(name, said, value=value)


def _labelled(name: str, said: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, said, labels=[label])
    for value, number in sorted(values.items()):
        family.add_metric([value], number)
    return family
