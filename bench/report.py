"""Says what was measured: a table on the terminal, JSON, and the page of the documentation."""

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench import chart
from bench.machine import Facts
from bench.options import Options
from bench.results import Guess, Result, Results, percentile
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
DRAWING = "performance.svg"
BEGIN, END = "<!-- figures: written by ./dev bench -->", "<!-- end of the figures -->"
Table = list[list[str]]

HEAD = ["workload", "median", "nodes/s", "ratio", "target", "holds"]
LATENCY_HEAD = ["latency", "p50", "p99", "events"]
FLOOR_HEAD = ["floor", "median"]
GUESS_HEAD = ["estimate", "measured", "from its runs", "off by", "from its blocks", "off by"]
NOT_INSTALLED = "not installed"
# The scripts' names of our workloads.
PEER_WORKLOADS = {"chain40": "chain-40", "fan40": "fan-40", "small200x5": "swarm-200"}


def duration(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def rate(per_s: float) -> str:
    return f"{per_s:,.0f}/s"


FLOORS = (
    (
        "raw_transactions_per_s",
        "PostgreSQL, INSERT + UPDATE of one row in a transaction, one connection",
        rate,
    ),
    ("loop_nodes_per_s", "nodes of a graph walked in memory", rate),
    ("celery_round_trip_seconds", "Celery round trip, p50", duration),
    ("celery_round_trip_p99_seconds", "Celery round trip, p99", duration),
    ("posts_200_seconds", "200 POSTs that insert one row, 16 connections", duration),
    ("calls_40_seconds", "40 requests by the bare HTTP client", duration),
)


def publish(results: Results, facts: Facts, options: Options) -> None:
    """Print it; write the files that were asked for."""
    console = Console(sys.stdout)
    for table in tables(results):
        console.say(as_text(table))
    if options.json:
        options.json.write_text(json.dumps(results.as_json(), indent=2) + "\n")
    if not options.quick and not options.is_partial:
        write_document(DOCUMENT, results, facts)


def write_document(document: Path, results: Results, facts: Facts) -> None:
    """Replace what stands between the marks, and the chart beside it."""
    before, begin, rest = document.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SetupError(f"{document} has no marks for the figures.")
    document.write_text(f"{before}{BEGIN}\n{markdown(results, facts)}\n{END}{after}")
    document.with_name(DRAWING).write_text(chart.of_targets(results.lines))


def markdown(results: Results, facts: Facts) -> str:
    rounds = max(len(result.readings) for result in results.lines)
    figures, *others = tables(results)
    parts = [
        f"Measured on {facts.day} with `{facts.command}`; medians of {rounds} rounds. {facts.machine};"
        f" {facts.versions}. Load average when it began: {facts.load}.",
        as_markdown(figures),
        f"![How much of each target was used]({DRAWING})",
        as_markdown([["workload", "what", "the ratio is"], *described(results)]),
        *(as_markdown(table) for table in others),
    ]
    return "\n\n".join(parts)


def tables(results: Results) -> list[Table]:
    """Those that have lines; the workloads come first."""
    found = [
        [HEAD, *workload_rows(results)],
        [LATENCY_HEAD, *latency_rows(results)],
        [FLOOR_HEAD, *floor_rows(results)],
        [GUESS_HEAD, *guess_rows(results)],
        peer_table(results) if results.peers else [],
    ]
    return [table for table in found if len(table) > 1]


def workload_rows(results: Results) -> Table:
    return [_row(result) for result in results.lines]


def _row(result: Result) -> list[str]:
    speed = result.nodes_per_s
    return [
        result.workload.name,
        duration(result.seconds),
        f"{speed:,.0f}" if speed else "",
        f"{result.ratio:.2f}",
        str(result.workload.target or ""),
        {True: "yes", False: "NO", None: ""}[result.holds],
    ]


def described(results: Results) -> Table:
    kinds = [result.workload for result in results.lines]
    return [[kind.name, kind.what, kind.floor] for kind in kinds]


def latency_rows(results: Results) -> Table:
    return [
        [
            f"{result.workload.name}: {each.what}",
            duration(each.p50),
            duration(each.p99),
            str(each.count),
        ]
        for result in results.lines
        for each in result.latencies
    ]


def floor_rows(results: Results) -> Table:
    figures = results.floors.figures()
    return [[what, form(figures[name])] for name, what, form in FLOORS if name in figures]


def guess_rows(results: Results) -> Table:
    """What was estimated before each round but the first, and by how much that was wrong: medians."""
    by_name: defaultdict[str, list[Guess]] = defaultdict(list)
    for each in results.guesses:
        by_name[each.name].append(each)
    shares = (50, 90) if results.guesses else ()
    rows = [_guess_row(name, guesses) for name, guesses in by_name.items()]
    return rows + [_errors(results.guesses, percent) for percent in shares]


def _guess_row(name: str, guesses: Sequence[Guess]) -> list[str]:
    errors = [median(each) for each in zip(*(guess.errors for guess in guesses), strict=True)]
    return [
        name,
        duration(median(each.measured for each in guesses)),
        *(duration(median(each.by_runs for each in guesses)), f"{errors[0]:+.0%}"),
        *(duration(median(each.by_blocks for each in guesses)), f"{errors[1]:+.0%}"),
    ]


def _errors(guesses: Sequence[Guess], percent: int) -> list[str]:
    """How far estimates are off, whichever way."""
    by_runs, by_blocks = (
        sorted(map(abs, each)) for each in zip(*(guess.errors for guess in guesses), strict=True)
    )
    return [
        f"off by, p{percent}",
        "",
        *("", f"{percentile(by_runs, percent):.0%}"),
        *("", f"{percentile(by_blocks, percent):.0%}"),
    ]


def peer_table(results: Results) -> Table:
    """One line a system; ours first."""
    ours = [
        duration(results.workloads[name].seconds) if name in results.workloads else ""
        for name in PEER_WORKLOADS.values()
    ]
    table = [["system", "saves", *PEER_WORKLOADS.values()], ["Agentloom", "every step", *ours]]
    for peer in results.peers.values():
        if not peer.seconds:
            table.append([peer.system, NOT_INSTALLED, *([""] * len(ours))])
            continue
        saves = "every step" if peer.saves_every_step else "less"
        times = [
            duration(peer.seconds[name]) if name in peer.seconds else "" for name in PEER_WORKLOADS
        ]
        table.append([peer.system, saves, *times])
    return table


def as_text(table: Table) -> str:
    """Columns side by side: the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    return "\n".join(_line(row, widths) for row in table) + "\n"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        text.rjust(width) if index else text.ljust(width)
        for index, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join([first, *others]).rstrip()


def as_markdown(table: Table) -> str:
    head, *rows = table
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])
