"""A campaign or scenarios from beginning to end: the exit code says whether everything held."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import machine, setup
from chaos import campaign, options, report, verdict
from chaos.machines import site as machines
from chaos.machines.play import play
from chaos.options import Options
from chaos.scenarios import SCENARIOS
from chaos.stage import Stage, installation
from chaos.table import Table
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import DataFolder


def main(words: Sequence[str]) -> int:
    """0 when all promises were kept, else 1."""
    chosen, console = options.parse(words), Console(sys.stderr)
    folder = DataFolder.open(Path(os.environ["AGENTLOOM_DATA"]))
    facts = machine.facts(chosen.reproduction)
    try:
        if chosen.machines:
            with machines.site(folder, console, chosen) as site:
                return report.publish(play(site), facts, chosen)
        with installation(folder, console, chosen) as stage:
            table = _table(stage, chosen)
    except SetupError as error:
        console.say(f"chaos: {error}{setup.logs(folder)}")
        return 1
    except KeyboardInterrupt:
        return 130
    return report.publish(table, facts, chosen)


def _table(stage: Stage, chosen: Options) -> Table:
    """Of the campaign, or of all chosen scenarios together."""
    if not chosen.scenarios:
        return verdict.judge(stage, campaign.play(stage, chosen))
    tables = [SCENARIOS[name](stage) for name in chosen.scenarios]
    return Table(
        [line for table in tables for line in table.lines],
        [sentence for table in tables for sentence in table.violations],
    )
