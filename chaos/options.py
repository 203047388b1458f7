"""The command line of `./dev chaos`."""

import argparse
import secrets
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RUNS = 200
WORKERS = 4
SCENARIOS = (
    *("recovery", "hang", "redis", "cancel"),
    *("timers", "connections", "database", "everything"),
)
ANY = "any"  # kind of machines that is allowed here
USUAL_WORKERS = 2  # as many as `./dev up` starts


@dataclass(frozen=True)
class Options:
    """What to break, and where to write what came of it."""

    runs: int
    seed: int
    workers: int
    scenarios: Sequence[str]  # none: a campaign
    json: Path | None
    machines: str = ""  # what they are made of; empty: all on this one

    @property
    def reproduction(self) -> str:
        """The command that does the same again."""
        words = ["./dev", "chaos", "--seed", str(self.seed), "--workers", str(self.workers)]
        for name in self.scenarios:
            words += ["--scenario", name]
        if self.machines:
            words = ["./dev", "chaos", "--seed", str(self.seed), "--machines", self.machines]
            return shlex.join(words)
        return shlex.join(words if self.scenarios else [*words, "--runs", str(self.runs)])


def parse(words: Sequence[str]) -> Options:
    """Ends the program with a sentence where the words make no sense."""
    parser = _parser()
    given = parser.parse_args(words)
    if given.runs < 1 or (given.workers is not None and given.workers < 1):
        parser.error("--runs and --workers must be above 0")
    if given.json and not given.json.parent.is_dir():
        parser.error(f"{given.json.parent} is not a folder")
    scenarios = SCENARIOS if "all" in given.scenario else given.scenario
    workers = given.workers or (USUAL_WORKERS if scenarios else WORKERS)
    return Options(
        given.runs, given.seed, workers, tuple(scenarios), given.json, given.machines or ""
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev chaos",
        description="Start an installation of its own in a temporary folder, let runs go through it, break its"
        " parts meanwhile, and check what must hold whatever broke. Exit code 1 if something does not.",
    )
    parser.add_argument("--runs", type=int, default=RUNS, help="runs to submit (%(default)s)")
    parser.add_argument(
        "--seed",
        type=int,
        default=secrets.randbelow(10**6),
        help="decides graphs, faults and their times; any if not given",
    )
    parser.add_argument(
        "--workers", type=int, help=f"processes ({WORKERS}, for scenarios {USUAL_WORKERS})"
    )
    parser.add_argument(
        "--scenario",
        action="append",
        default=[],
        choices=[*SCENARIOS, "all"],
        help="measure one promise in place of a campaign; may be given several times",
    )
    parser.add_argument(
        "--machines",
        nargs="?",
        const=ANY,
        choices=[ANY, "namespaces", "relays"],
        help="two web processes, three workers and the servers on hosts of their own, whose cables are cut:"
        " network namespaces (needs root), or loopback addresses behind relays; any: the first where they are allowed",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there, too")
    return parser
