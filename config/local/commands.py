"""`./dev manage` and `./dev run`: single commands beside, or without, a running installation."""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from config.local import prepared, programs
from config.local.console import Console
from config.local.folder import ROOT, DataFolder
from config.local.management import django, python, require_success, run_in_foreground
from config.local.session import UP, Session, joined
from config.local.supervisor import Supervisor


def manage(data: Path, arguments: list[str]) -> int:
    """Run one of Django's commands; standard output carries nothing but its output."""
    folder, console = DataFolder.open(data), Console(sys.stderr)
    # The command may undo what preparing did.
    prepared.forget(folder)
    with joined(folder, "manage", console, fill=_migrate) as session:
        return run_in_foreground(django(*arguments), env=session.env, meanwhile=session.tick)


def run(data: Path, arguments: list[str]) -> int:
    """Run one graph file to its end, on the workers of a running `./dev up` or on its own."""
    return _with_workers("run_graph", data, arguments)


def test_graph(data: Path, arguments: list[str]) -> int:
    """Run the test cases of one graph file, on the same workers."""
    return _with_workers("test_graph", data, arguments)


def _with_workers(name: str, data: Path, arguments: list[str]) -> int:
    folder, console = DataFolder.open(data), Console(sys.stderr)
    with (
        joined(folder, "run", console, fill=_prepare) as session,
        _some_worker(folder, session, console) as supervisor,
    ):

        def look_after() -> None:
            session.tick()
            supervisor.require_hope()

        command = django(name, *arguments)
        return run_in_foreground(command, env=session.env, meanwhile=look_after)


def cli(arguments: list[str]) -> int:
    """Talk to a running installation, here or elsewhere, with the client of `clients/python`."""
    source = ROOT / "clients" / "python" / "src"
    env = {**os.environ, "PYTHONPATH": str(source)}
    return run_in_foreground(python("-m", "agentloom_client", *arguments), env=env)


def _migrate(session: Session) -> None:
    require_success(django("migrate"), env=session.env, purpose="Migrating the new database")


def _prepare(session: Session) -> None:
    command = django("prepare", "--no-demo")
    require_success(command, env=session.env, purpose="Preparing the new database")


@contextlib.contextmanager
def _some_worker(folder: DataFolder, session: Session, console: Console) -> Iterator[Supervisor]:
    with Supervisor(folder.records, console) as own:
        if session.owner != UP:
            worker = programs.worker(f"worker-{os.getpid()}", session.env)
            own.start(replace(worker, log=folder.logs / "run.log"))
            own.start(replace(programs.example_site(session.env), log=folder.logs / "site.log"))
        yield own
