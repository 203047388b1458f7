"""Prints the table, and writes it where it was asked for."""

import json
import sys

from bench.machine import Facts
from chaos.options import Options
from chaos.table import Line, Table
from config.local.console import Console

MOST_SENTENCES = 40


def publish(table: Table, facts: Facts, options: Options) -> int:
    """The exit code: 1 if something did not hold."""
    console = Console(sys.stdout)
    console.say(as_text(table))
    for sentence in table.violations[:MOST_SENTENCES]:
        console.say(f"VIOLATED  {sentence}")
    console.say(f"seed {options.seed}; the same again: {options.reproduction}")
    if options.json:
        options.json.write_text(json.dumps(as_json(table, facts, options), indent=2) + "\n")
    return int(not table.holds)


def as_text(table: Table) -> str:
    """Columns: what, figure, what was promised, whether it holds."""
    rows = [(*line.cells(), _verdict(line)) for line in table.lines]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        f"{what:<{widths[0]}}  {figure:>{widths[1]}}  {limit:<{widths[2]}}  {verdict}".rstrip()
        for what, figure, limit, verdict in rows
    )


def _verdict(line: Line) -> str:
    if line.limit is None:
        return ""
    return "ok" if line.holds else "VIOLATED"


def as_json(table: Table, facts: Facts, options: Options) -> dict[str, object]:
    """Everything that the table says, for programs."""
    return {
        "command": options.reproduction,
        "seed": options.seed,
        "day": facts.day,
        "machine": facts.machine,
        "versions": facts.versions,
        "holds": table.holds,
        "lines": {line.what: line.as_json() for line in table.lines},
        "violations": list(table.violations),
    }
