"""The command line of `./dev bench`."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.workloads import WORKLOADS

_LONGEST_LOAD = 3_600
INSTEAD = {
    "pages": "how long each page takes, with 10,000 runs",
    "history": "lists of operators, and deleting what is old, with a million node executions",
    "fairness": "small runs of one person beside large ones of another",
}
FOR_PEERS = "fan-40"  # what the peers' scripts do, measured only beside them


@dataclass(frozen=True)
class Effort:
    """How often to measure."""

    rounds: int
    repeats: int  # of a run in one round
    probes: int  # of a latency in one round
    floor_seconds: float  # for transactions, one after the other


FULL = Effort(rounds=5, repeats=5, probes=60, floor_seconds=0.4)
QUICK = Effort(rounds=2, repeats=2, probes=25, floor_seconds=0.2)


@dataclass(frozen=True)
class Options:
    """What to measure, and where to write it."""

    names: Sequence[str]
    quick: bool
    json: Path | None
    peers: Path | None
    is_partial: bool
    deadline: float | None  # on this machine's monotonic clock
    command: str
    load: float | None  # seconds of mixed load, and nothing else
    instead: str  # what is measured and nothing else: "pages", "history" or "fairness"

    @property
    def effort(self) -> Effort:
        return QUICK if self.quick else FULL


def parse(words: Sequence[str]) -> Options:
    """Ends the program with a sentence where the words make no sense."""
    parser = _parser()
    given = parser.parse_args(words)
    known = [name for name in WORKLOADS if name != FOR_PEERS or given.peers]
    names = given.only.split(",") if given.only else known
    unknown = sorted(set(names) - set(WORKLOADS))
    if unknown:
        parser.error(f"there is no workload {', '.join(unknown)}; known are {', '.join(WORKLOADS)}")
    if given.peers and not given.peers.is_dir():
        parser.error(f"{given.peers} is not a folder")
    if given.json and not given.json.parent.is_dir():
        parser.error(f"{given.json.parent} is not a folder")
    # Without the names of files: they are those of one machine.
    shown = ["--quick"] * given.quick + [f"--only {given.only}"] * bool(given.only)
    shown += ["--peers DIR"] * bool(given.peers)
    return Options(
        names=[name for name in WORKLOADS if name in names],
        quick=given.quick,
        json=given.json,
        peers=given.peers,
        is_partial=bool(given.only),
        deadline=given.deadline,
        command=" ".join(["./dev bench", *shown]),
        load=given.load,
        instead=given.instead,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        description="Measure an installation of its own in a temporary folder. A full measurement"
        " (without --quick and --only) also writes docs/performance.md.",
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds, within 50 seconds; writes no document"
    )
    parser.add_argument("--only", metavar="NAME,NAME", help=", ".join(WORKLOADS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument(
        "--peers", type=Path, metavar="DIR", help="also run the scripts of other systems in there"
    )
    parser.add_argument(
        "--load",
        type=_seconds,
        metavar="SECONDS",
        help="mixed load by users of all kinds, nothing else",
    )
    for name, what in INSTEAD.items():
        parser.add_argument(
            f"--{name}", dest="instead", action="store_const", const=name, default="", help=what
        )
    parser.add_argument("--deadline", type=float, help=argparse.SUPPRESS)
    return parser


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 1 <= seconds <= _LONGEST_LOAD:
        raise argparse.ArgumentTypeError(f"must be from 1 to {_LONGEST_LOAD}")
    return seconds
