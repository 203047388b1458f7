"""`./dev up`: everything under one supervisor."""

import argparse
import http.client
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from config.local import prepared, programs
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import ROOT, DataFolder
from config.local.management import django
from config.local.processes import Program
from config.local.programs import Address
from config.local.servers import environment, servers_of
from config.local.session import UP, owned, running_servers
from config.local.supervisor import Supervisor


def up(data: Path, arguments: list[str]) -> int:
    """Run until a signal comes."""
    options, folder = _parse(arguments), DataFolder.open(data)
    address, console = Address(options.host, options.port), Console()
    with owned(folder, UP, console) as lock:
        _require_free(address)
        with running_servers(folder, console) as supervisor:
            supervisor.obey_signals()
            _describe(folder, console)
            env = environment(folder)
            _prepare(supervisor, folder, env, demo=options.demo)
            lock.announce_ready()
            _start(supervisor, _programs(address, env, options), address, console)
            supervisor.run()
            console.say("stopping …")
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev up", description="Start everything. Ctrl-C stops it; the next start resumes."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (%(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="worker processes (%(default)s)")
    parser.add_argument(
        "--demo", action=argparse.BooleanOptionalAction, default=True, help="load demo data"
    )
    options = parser.parse_args(arguments)
    if options.port < 1 or options.workers < 0:
        parser.error("--port must be above 0, --workers not below it")
    return options


def _require_free(address: Address) -> None:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SetupError(
                f"Port {address.port} on {address.host} cannot be used: {reason}. "
                "Stop what uses it, or choose another one with --port."
            ) from error


def _describe(folder: DataFolder, console: Console) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        if os.environ.get(name):
            console.say(f"server  as set in {name}")
    for server in servers_of(folder):
        console.say(f"server  {server.describe()}")
    console.say(f"data    {folder.path}")


def _prepare(
    supervisor: Supervisor, folder: DataFolder, env: Mapping[str, str], *, demo: bool
) -> None:
    """Migrate, make the administrator and the demo data, in one Django process."""
    if prepared.is_prepared(folder, demo=demo):
        return
    command = django("prepare", "--demo" if demo else "--no-demo")
    code = supervisor.run_to_end(Program("prepare", command, env, ROOT, has_prefix=False))
    if code == 0:
        prepared.remember(folder, demo=demo)
    elif not supervisor.stopping.is_set():
        raise SetupError("Preparing the database failed; the lines above say why.")


def _programs(
    address: Address, env: Mapping[str, str], options: argparse.Namespace
) -> list[Program]:
    env = {"SITE_URL": address.url, **env}
    numbered = [programs.worker(f"worker{number}", env) for number in range(1, options.workers + 1)]
    demo = [programs.example_site(env)] if options.demo else []
    return [programs.web(address, env), *numbered, programs.scheduler(env), *demo]


def _start(
    supervisor: Supervisor, started: list[Program], address: Address, console: Console
) -> None:
    """The web process and one worker first: where cores are few, all at once are ready later."""
    for program in started[:2]:
        supervisor.start(program)
    if _wait_for_web(supervisor, address):
        console.say(f"ready {address.url}")
        for program in started[2:]:
            supervisor.start(program)


def _wait_for_web(supervisor: Supervisor, address: Address) -> bool:
    """False when a signal came first."""
    while not supervisor.stopping.wait(0.05):
        supervisor.require_hope()
        if _is_healthy(address):
            return True
    return False


def _is_healthy(address: Address) -> bool:
    connection = http.client.HTTPConnection(address.reachable_host, address.port, timeout=2)
    try:
        headers = {"Host": _own_name(), "X-Forwarded-Proto": "https"}
        connection.request("GET", "/healthz", headers=headers)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _own_name() -> str:
    """A name that the web server takes for its own, whatever `ALLOWED_HOSTS` says."""
    first = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    return "localhost" if first in {"", "*"} else first
