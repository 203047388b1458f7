"""Which servers an installation uses, how they come up, and the environment that leads to them."""

import os
import time
from typing import Protocol

from config.local import postgres, valkey
from config.local.errors import SetupError
from config.local.folder import DataFolder
from config.local.postgres import Postgres
from config.local.processes import Program
from config.local.supervisor import Supervisor, last_lines
from config.local.valkey import Valkey

START_SECONDS = 120.0  # PostgreSQL may have to recover from a crash first

EXAMPLE_SITE = "127.0.0.1:8765"  # blocks may not call this machine, but for this address


class Server(Protocol):
    """A server that is started here because no address of another one is set."""

    def describe(self) -> str: ...
    def prepare(self) -> None: ...
    def program(self) -> Program: ...
    def answers(self) -> bool: ...
    def complete(self) -> None: ...


def servers_of(folder: DataFolder, *, durable: bool = True) -> list[Server]:
    """Those that have to be started here."""
    servers: list[Server] = []
    if not os.environ.get("DATABASE_URL"):
        servers.append(Postgres.of(folder, durable=durable))
    if not os.environ.get("REDIS_URL"):
        servers.append(Valkey(folder, durable=durable))
    return servers


def start_servers(supervisor: Supervisor, servers: list[Server]) -> None:
    """All of them, up to the moment when each of them answers."""
    for server in servers:
        server.prepare()
        program = server.program()
        supervisor.start(program)
        _wait_for_answer(supervisor, server, program)
        server.complete()


def environment(folder: DataFolder) -> dict[str, str]:
    """What every Django process is given; to be asked for once the servers run."""
    env = {name: value for name, value in os.environ.items() if name != "DEBUG" and value}
    if "DATABASE_URL" not in env:
        env["DATABASE_URL"] = postgres.database_url(folder)
    if "REDIS_URL" not in env:
        env["REDIS_URL"] = valkey.redis_url(folder)
    env.setdefault("OUTBOUND_ALLOWED_HOSTS", EXAMPLE_SITE)
    env.setdefault("SECRET_KEY", folder.secrets().secret_key)
    env.setdefault("CREDENTIAL_KEYS", ",".join(folder.credential_keys()))
    env.setdefault("EMAIL_URL", f"filemail:///{folder.path}/mail")
    env.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    return env | {"AGENTLOOM_DATA": str(folder.path), "PYTHONUNBUFFERED": "1"}


def _wait_for_answer(supervisor: Supervisor, server: Server, program: Program) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.answers():
        supervisor.require_hope()
        if supervisor.stopping.is_set() or time.monotonic() > deadline:
            raise SetupError(f"{program.name} did not start.{last_lines(program.log)}")
        time.sleep(0.05)
