"""Readings of single rounds, and what they come to: medians of rounds, percentiles of latencies."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import median

from bench.workloads import WORKLOADS, Target, Workload

JSON = dict[str, object]


@dataclass(frozen=True)
class Reading:
    """What one round says of one workload. Latencies by what was waited for, in seconds."""

    seconds: float
    ratio: float
    latencies: Mapping[str, Sequence[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Floors:
    """Everything that was measured of what nobody can beat on this machine."""

    transactions_per_s: list[float] = field(default_factory=list)
    loop_nodes_per_s: list[float] = field(default_factory=list)
    celery_seconds: list[float] = field(default_factory=list)  # of single round trips
    posts_seconds: list[float] = field(default_factory=list)  # for 200 of them
    calls_seconds: list[float] = field(default_factory=list)  # for 40 of them

    def figures(self) -> dict[str, float]:
        """Medians, by what they are; without what no workload was compared with."""
        found = {
            "raw_transactions_per_s": self.transactions_per_s,
            "loop_nodes_per_s": self.loop_nodes_per_s,
            "celery_round_trip_seconds": self.celery_seconds,
            "posts_200_seconds": self.posts_seconds,
            "calls_40_seconds": self.calls_seconds,
        }
        figures = {name: median(values) for name, values in found.items() if values}
        if self.celery_seconds:
            figures["celery_round_trip_p99_seconds"] = percentile(sorted(self.celery_seconds), 99)
        return figures


@dataclass(frozen=True)
class Latency:
    """Of single events, from all rounds together."""

    what: str
    p50: float
    p99: float
    count: int


@dataclass
class Result:
    """One line of the table."""

    workload: Workload
    readings: list[Reading] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return median(reading.seconds for reading in self.readings)

    @property
    def ratio(self) -> float:
        return median(reading.ratio for reading in self.readings)

    @property
    def nodes_per_s(self) -> float | None:
        return self.workload.nodes / self.seconds if self.workload.nodes else None

    @property
    def judged(self) -> float:
        """The figure that the target speaks of."""
        target = self.workload.target
        return self.seconds if target and target.figure == "seconds" else self.ratio

    @property
    def holds(self) -> bool | None:
        """None where there is no target."""
        target = self.workload.target
        return target.holds(self.judged) if target else None

    @property
    def latencies(self) -> list[Latency]:
        names = self.readings[0].latencies
        pooled = {
            name: sorted(t for r in self.readings for t in r.latencies[name]) for name in names
        }
        return [
            Latency(name, percentile(times, 50), percentile(times, 99), len(times))
            for name, times in pooled.items()
        ]

    def set_target(self, target: Target) -> None:
        """A target that is known only once everything is measured."""
        self.workload = replace(self.workload, target=target)

    def as_json(self) -> JSON:
        return {
            "seconds": self.seconds,
            "nodes_per_s": self.nodes_per_s,
            "ratio_to_floor": self.ratio,
            "floor": self.workload.floor,
            "target": str(self.workload.target) if self.workload.target else None,
            "holds": self.holds,
            "rounds": len(self.readings),
            "latencies": {
                each.what: {
                    "p50_ms": each.p50 * 1e3,
                    "p99_ms": each.p99 * 1e3,
                    "count": each.count,
                }
                for each in self.latencies
            },
        }


@dataclass(frozen=True)
class Peer:
    """Another system on the same machine: its medians in seconds by the script's workload; none if it cannot run."""

    system: str
    saves_every_step: bool = False
    seconds: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> object:
        if not self.seconds:
            return "not installed"
        return {"system": self.system, "saves_every_step": self.saves_every_step, **self.seconds}


@dataclass(frozen=True)
class Guess:
    """Seconds: of a run as it was measured, and as it was estimated from former runs, and from the blocks alone."""

    name: str
    measured: float
    by_runs: float
    by_blocks: float

    @property
    def errors(self) -> tuple[float, float]:
        """Of both estimates, as shares of what was measured."""
        return self.by_runs / self.measured - 1, self.by_blocks / self.measured - 1


@dataclass
class Results:
    """Everything that was measured."""

    workloads: dict[str, Result] = field(default_factory=dict)
    floors: Floors = field(default_factory=Floors)
    peers: dict[str, Peer] = field(default_factory=dict)
    guesses: list[Guess] = field(default_factory=list)

    def add(self, workload: Workload, reading: Reading) -> None:
        result = self.workloads.setdefault(workload.name, Result(workload))
        result.readings.append(reading)

    @property
    def lines(self) -> list[Result]:
        """In the order of the table."""
        return [self.workloads[name] for name in WORKLOADS if name in self.workloads]

    def as_json(self) -> JSON:
        return {
            "workloads": {each.workload.name: each.as_json() for each in self.lines},
            "floors": self.floors.figures(),
            "estimates": [asdict(each) for each in self.guesses],
            "peers": {script: peer.as_json() for script, peer in self.peers.items()},
        }


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
