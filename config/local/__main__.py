"""`./dev COMMAND`: reads the command line and reports what went wrong."""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from config.local import checks, commands
from config.local.errors import SetupError
from config.local.folder import DEFAULT_DATA
from config.local.up import up

OVERVIEW = """commands:
  up       start PostgreSQL, Valkey, web, workers and scheduler (`up --help` lists the options)
  run      FILE.json --input NAME=VALUE: run one graph file and print its outputs
  test-graph  FILE.json: run the test cases of one graph file, or of the graph with this id
  manage   ARGS: run one of Django's commands
  cli      VERB …: the client on the command line (`cli --help` lists the verbs)
  test     ARGS: all tests; with arguments, pytest with these arguments only
  check    lint, format, types, imports, templates, migrations, API schema
  fmt      format the code and the templates
  texts    take up the texts of pages into config/locale, and compile the translations
  bench    ARGS: run the benchmarks
  chaos    ARGS: break an installation while runs go through it, and check what must hold
  lock     make the lock files again from pyproject.toml (needs uv)
"""
WITH_FOLDER: dict[str, Callable[[Path, list[str]], int]] = {
    "up": up,
    "run": commands.run,
    "test-graph": commands.test_graph,
    "manage": commands.manage,
}
WITHOUT_FOLDER: dict[str, Callable[[list[str]], int]] = {
    "cli": commands.cli,
    "test": checks.test,
    "check": checks.check,
    "fmt": checks.fmt,
    "texts": checks.texts,
    "bench": checks.bench,
    "chaos": checks.chaos,
    "lock": checks.lock,
}


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./dev", epilog=OVERVIEW, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", type=Path, help=f"data folder of up, run, manage ({DEFAULT_DATA})"
    )
    parser.add_argument("command", choices=[*WITH_FOLDER, *WITHOUT_FOLDER], metavar="COMMAND")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGS")
    options = parser.parse_args(words)
    if options.command in WITHOUT_FOLDER:
        return WITHOUT_FOLDER[options.command](options.arguments)
    path, arguments = take_data(options.command, options.arguments)
    chosen = path or options.data or os.environ.get("AGENTLOOM_DATA") or DEFAULT_DATA
    return WITH_FOLDER[options.command](Path(chosen), arguments)


def take_data(command: str, arguments: list[str]) -> tuple[Path | None, list[str]]:
    """Part `--data` from the others; after `manage` it comes first, as the rest is Django's."""
    parser = argparse.ArgumentParser(prog=f"./dev {command}", add_help=False, allow_abbrev=False)
    parser.add_argument("--data", type=Path)
    if command != "manage":
        options, others = parser.parse_known_args(arguments)
        return options.data, others
    first = arguments[0] if arguments else ""
    count = 2 if first == "--data" else int(first.startswith("--data="))
    return parser.parse_args(arguments[:count]).data, arguments[count:]


def leave(number: int, frame: FrameType | None) -> None:
    """End through the clean-up that an exception runs, which the default action would skip."""
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
    try:
        sys.exit(main(sys.argv[1:]))
    except SetupError as error:
        sys.exit(f"dev: {error}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
