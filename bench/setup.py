"""An installation of its own: durable servers in a temporary folder, and the processes of the product."""

import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from config.local import private, programs
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import ROOT, DataFolder
from config.local.management import python
from config.local.processes import Program, wait_until
from config.local.programs import Address
from config.local.servers import environment
from config.local.session import running_servers
from config.local.supervisor import Supervisor, last_lines
from config.local.valkey import choose_port

HOST = "127.0.0.1"
START_SECONDS = 60.0
# Of another installation; here they would lead to its servers.
FOREIGN_SETTINGS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CREDENTIAL_KEYS", "AGENTLOOM_DATA")


@contextlib.contextmanager
def isolated_servers(console: Console) -> Iterator[dict[str, str]]:
    """PostgreSQL and Valkey as `./dev up` starts them; gives the environment that leads there."""
    for name in FOREIGN_SETTINGS:
        os.environ.pop(name, None)
    # Not below /tmp: that may be memory, where fsync costs nothing.
    with tempfile.TemporaryDirectory(prefix="agentloom-bench-", dir=private.PLACE) as path:
        folder = DataFolder.open(Path(path))
        try:
            with running_servers(folder, console):
                # The local server of the workloads that wait for the world.
                yield environment(folder) | {
                    "OUTBOUND_ALLOWED_HOSTS": HOST,
                    "LOG_LEVEL": "WARNING",
                    "PYTHONPATH": str(ROOT),
                }
        finally:
            private.remove(folder)


@contextlib.contextmanager
def running(
    wanted: Sequence[Program], folder: DataFolder, console: Console
) -> Iterator[Supervisor]:
    """Run these programs; what they say goes to the folder's logs."""
    with Supervisor(folder.records, console) as supervisor:
        for program in wanted:
            supervisor.start(replace(program, log=_log(folder, program.name)))
        yield supervisor


def free_address() -> Address:
    return Address(HOST, choose_port(0))


def wait_until_listening(address: Address, supervisor: Supervisor) -> None:
    """Until somebody answers at this address."""

    def answers() -> bool:
        supervisor.require_hope()
        with socket.socket() as probe:
            return probe.connect_ex((address.host, address.port)) == 0

    if not wait_until(answers, START_SECONDS):
        raise SetupError(f"Nobody listens on {address.url} after {START_SECONDS:.0f} s.")


def logs(folder: DataFolder) -> str:
    """The last lines of everything that runs."""
    return "".join(last_lines(log) for log in sorted(folder.logs.glob("*.log")))


def floor_web(address: Address, env: Mapping[str, str]) -> Program:
    """The same web server, which only inserts a row."""
    program = programs.web(address, {**env, "DJANGO_SETTINGS_MODULE": "bench.floor_settings"})
    return replace(program, name="floor-web")


def floor_worker(env: Mapping[str, str]) -> Program:
    """The same Celery worker without the product."""
    bare = {name: value for name, value in env.items() if name != "DJANGO_SETTINGS_MODULE"}
    program = programs.worker("floor-worker", bare)
    command = ["bench.floor_tasks" if word == "config.celery" else word for word in program.command]
    return replace(program, command=command)


def site(address: Address, env: Mapping[str, str]) -> Program:
    """The server that the blocks call."""
    command = python("-m", "bench.site", str(address.port))
    return Program(name="site", command=command, env=env, cwd=ROOT)


def _log(folder: DataFolder, name: str) -> Path:
    return folder.logs / f"{name}.log"
