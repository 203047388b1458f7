import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from config.local import private
from config.local.console import Console
from config.local.folder import ROOT, DataFolder
from config.local.leash import Leash
from config.local.processes import Child, Program, command_line, wait_until


@pytest.fixture(autouse=True)
def no_outside_servers(monkeypatch):
    """The tests run inside an installation; these here make their own."""
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CREDENTIAL_KEYS", "AGENTLOOM_DATA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path):
    folder = DataFolder.open(tmp_path / "data")
    yield folder
    private.remove(folder)


@pytest.fixture
def screen():
    return io.StringIO()


@pytest.fixture
def console(screen):
    return Console(screen)


@pytest.fixture
def leash():
    leash = Leash()
    yield leash
    leash.close()


@pytest.fixture
def start(folder, leash, console):
    """Start a program as a child; whatever is left of it ends with the test."""
    children = []

    def start(program):
        children.append(Child(program, leash=leash, records=folder.records, console=console))
        return children[-1]

    yield start
    for child in children:
        child.clear()


@pytest.fixture
def keeper(folder):
    """Start a supervisor in a process of its own (keeper.py), as `servers` or with `dummies`."""
    processes = []

    def keeper(kind):
        command = [sys.executable, str(Path(__file__).with_name("keeper.py")), kind, folder.path]
        environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, text=True, process_group=0
        )
        processes.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield keeper
    for process in processes:
        process.stdout.close()
        process.wait()


def shell(name, script, **options):
    """A program that runs a shell script."""
    return Program(name, ["/bin/sh", "-c", script], env={}, cwd=Path("/"), **options)


def recorded(folder):
    """The process ids on record, by name."""
    records = folder.records.glob("*.json")
    return {path.stem: json.loads(path.read_text())["pid"] for path in records}


def all_end(pids):
    return wait_until(lambda: not any(command_line(pid) for pid in pids), 20)
