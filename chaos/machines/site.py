"""The installation: what runs on which machine."""

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random

from accounts import keys
from accounts.models import Scope, User
from chaos.actors import Actor
from chaos.machines.namespaces import Namespaces, why_not
from chaos.machines.network import DATABASE, REDIS, Network, Relays
from chaos.options import ANY, Options
from chaos.people import Api
from chaos.sink import Sink
from chaos.stage import Stage, raise_curtain
from config.local import programs
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import DataFolder
from config.local.leash import Leash
from config.local.postgres import NAME, Postgres, socket_folder
from config.local.processes import Program
from config.local.programs import Address
from config.local.valkey import Valkey

WEBS = ("web1", "web2")
WORKERS = ("worker1", "worker2", "worker3")
WEB_PORT = 8080
SLOTS = 10  # of each worker: few, so that they are what is short


@dataclass
class Site:
    """A stage with machines around it."""

    stage: Stage
    network: Network
    apis: Sequence[Api]


@contextmanager
def site(folder: DataFolder, console: Console, options: Options) -> Iterator[Site]:
    """All of it; the product's processes on the first web and worker machine alone run."""
    leash, sink = Leash(), Sink(folder.path)
    leash.hold(sink.pid, signal.SIGTERM)
    database, broker = Postgres.of(folder), Valkey(folder)
    network = _network(folder, options.machines, sink)
    wanted = [database.program(), _with_socket(broker.program(), folder), *network.relays()]
    wanted += [_web(network, name) for name in WEBS] + [_worker(network, name) for name in WORKERS]
    actors = {program.name: Actor(program, leash, folder) for program in wanted}
    network.actors = actors
    try:
        raise_curtain(actors, database, broker)
        user = User.objects.create_user("chaos@example.com")
        _, key = keys.issue(user, name="chaos", permissions=Scope.values)
        apis = [Api(f"http://{network.address(name)}:{WEB_PORT}", key) for name in WEBS]
        random = Random(options.seed)  # noqa: S311 - to be repeatable is what is wanted
        stage = Stage(database, broker, actors, sink, console, user, apis[0], random)
        stage.heal()
        yield Site(stage, network, apis)
    finally:
        for actor in reversed(actors.values()):
            actor.thaw()
            actor.kill()
        sink.stop()
        network.close()
        leash.close()


def _network(folder: DataFolder, kind: str, sink: Sink) -> Network:
    """Raises `SetupError` where this machine does not allow this kind."""
    sockets = {DATABASE: f"{socket_folder(folder)}/.s.PGSQL.5432", REDIS: _redis_socket(folder)}
    names = [DATABASE, REDIS, *WEBS, *WORKERS]
    world = sink.url.removeprefix("http://")
    reason = "" if kind == "relays" else why_not()
    if kind == "relays" or (kind == ANY and reason):
        return Relays(names, sockets, world)
    if reason:
        raise SetupError(f"{reason}; --machines relays needs nothing.")
    return Namespaces(names, sockets, world)


def _redis_socket(folder: DataFolder) -> str:
    return str(folder.path / "valkey" / "socket")


def _with_socket(program: Program, folder: DataFolder) -> Program:
    return replace(program, command=[*program.command, "--unixsocket", _redis_socket(folder)])


def _web(network: Network, name: str) -> Program:
    address = Address(network.address(name), WEB_PORT)
    return network.place(name, replace(programs.web(address, _env(network, name)), name=name))


def _worker(network: Network, name: str) -> Program:
    return network.place(name, programs.worker(name, _env(network, name)))


def _env(network: Network, name: str) -> Mapping[str, str]:
    database = network.server_seen_from(name, DATABASE)
    redis = network.server_seen_from(name, REDIS)
    password = os.environ["REDIS_URL"].partition("@")[0]
    return os.environ | {
        "DATABASE_URL": f"postgresql://{NAME}@{database}/{NAME}",
        "REDIS_URL": f"{password}@{redis}/0",
        "OUTBOUND_ALLOWED_HOSTS": network.world_address,
        "WORKER_SLOTS": str(SLOTS),
    }
