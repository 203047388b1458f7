"""The processes of a running installation: their exact commands, in one place."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.local.folder import ROOT
from config.local.management import python
from config.local.processes import Program

WEB = [
    *("uvicorn", "config.asgi:application", "--no-access-log", "--no-server-header"),
    *("--lifespan", "off", "--timeout-graceful-shutdown", "5", "--no-proxy-headers"),
    *("--ws-max-size", "1048576", "--ws-max-queue", "32", "--log-level", "warning"),
]
WORKER = [
    *("celery", "--quiet", "-A", "config.celery", "worker", "--pool", "threads"),
    *("--concurrency", "100"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning"),
]
SCHEDULER = [
    "celery",
    "--quiet",
    "-A",
    "config.celery",
    "beat",
    "--loglevel",
    "warning",
    "--pidfile=",
]


@dataclass(frozen=True)
class Address:
    """Where the web process listens."""

    host: str
    port: int

    @property
    def reachable_host(self) -> str:
        """A browser on this machine cannot open "any address"."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # nosec B104 # noqa: S104 - compared only

    @property
    def name(self) -> str:
        """The host as it stands in a URL."""
        return f"[{self.reachable_host}]" if ":" in self.reachable_host else self.reachable_host

    @property
    def allowed_names(self) -> list[str]:
        """What a browser may call this host; others can be set in ALLOWED_HOSTS."""
        return sorted({"localhost", "127.0.0.1", "[::1]", self.name, socket.gethostname()})

    @property
    def url(self) -> str:
        return f"http://{self.name}:{self.port}"


def web(address: Address, env: Mapping[str, str]) -> Program:
    command = [*WEB, "--host", address.host, "--port", str(address.port)]
    return _program("web", command, {"ALLOWED_HOSTS": ",".join(address.allowed_names)} | dict(env))


def worker(name: str, env: Mapping[str, str]) -> Program:
    return _program(name, [*WORKER, "-n", f"{name}@%h"], env)


def scheduler(env: Mapping[str, str]) -> Program:
    schedule = Path(env["AGENTLOOM_DATA"]) / "beat-schedule"
    return _program("scheduler", [*SCHEDULER, "--schedule", str(schedule)], env)


def example_site(env: Mapping[str, str]) -> Program:
    """The small site that the web digest reads; of two installations side by side, either may serve it.

    It takes its time, so that there is something to watch.
    """
    command = python(str(ROOT / "examples" / "site_server.py"), "--wait", "--delay", "0.5")
    return Program(name="site", command=command, env=dict(env), cwd=ROOT)


def _program(name: str, module: list[str], env: Mapping[str, str]) -> Program:
    # Celery's warning against root is about pickled messages, which are not accepted here.
    # WhiteNoise streams files synchronously, which is what it is for.
    quiet = [
        *("-W", "ignore:You're running the worker with superuser"),
        *("-W", "ignore:StreamingHttpResponse must consume synchronous"),
    ]
    return Program(name=name, command=python(*quiet, "-m", *module), env=env, cwd=ROOT)
