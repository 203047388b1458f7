"""How machines are connected, and what can be done to their cables."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from bench.setup import free_address
from chaos.actors import Actor
from config.local.folder import ROOT
from config.local.management import python
from config.local.processes import Program

DATABASE, REDIS = "database", "redis"
Route = tuple[str, int, str]  # where a relay listens, and where it leads


class Network(ABC):
    """Machines by their names; the servers are two of them."""

    def __init__(self, names: Sequence[str], sockets: Mapping[str, str], world: str) -> None:
        """`sockets` are where the servers really listen, `world` where blocks have their effects: host:port."""
        self.names = names
        self.sockets = sockets
        self.world = world
        self.actors: Mapping[str, Actor] = {}  # known once they have been made

    @abstractmethod
    def address(self, name: str) -> str:
        """The machine's own."""

    @abstractmethod
    def server_seen_from(self, name: str, server: str) -> str:
        """host:port."""

    @property
    @abstractmethod
    def world_address(self) -> str:
        """host:port of the world as machines see it."""

    @abstractmethod
    def relays(self) -> list[Program]:
        """The processes that the network is made of."""

    @abstractmethod
    def place(self, name: str, program: Program) -> Program:
        """The program as it runs on the machine."""

    @abstractmethod
    def cut(self, name: str) -> None:
        """Nothing comes from this machine or goes to it; nobody is told."""

    @abstractmethod
    def mend(self, name: str) -> None:
        """The cable is as it was."""

    @abstractmethod
    def close(self) -> None:
        """Leave nothing behind."""


def relay(name: str, routes: Sequence[Route]) -> Program:
    """A process that passes connections on."""
    words = [word for host, port, target in routes for word in (host, str(port), target)]
    return Program(
        name=f"relay-{name}",
        command=python("-P", "-m", "chaos.machines.relay", *words),
        env={"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
    )


class Relays(Network):
    """Machines are addresses of the loopback network, and their cables processes that can be frozen. Needs no rights.

    A frozen cable is not like a cut one in one thing: the kernel goes on confirming what is sent.
    """

    def __init__(self, names: Sequence[str], sockets: Mapping[str, str], world: str) -> None:
        super().__init__(names, sockets, world)
        self._ports = {server: free_address().port for server in (DATABASE, REDIS)}

    def address(self, name: str) -> str:
        return f"127.0.77.{10 + self.names.index(name)}"

    def server_seen_from(self, name: str, server: str) -> str:
        return f"{self.address(name)}:{self._ports[server]}"

    @property
    def world_address(self) -> str:
        return self.world

    def relays(self) -> list[Program]:
        fronts = [
            relay(server, [(self.address(server), self._ports[server], self.sockets[server])])
            for server in (DATABASE, REDIS)
        ]
        others = [name for name in self.names if name not in self.sockets]
        return [*fronts, *(relay(name, self._routes(name)) for name in others)]

    def _routes(self, name: str) -> list[Route]:
        return [
            (self.address(name), port, f"{self.address(server)}:{port}")
            for server, port in self._ports.items()
        ]

    def place(self, name: str, program: Program) -> Program:
        return program

    def cut(self, name: str) -> None:
        self.actors[f"relay-{name}"].freeze()

    def mend(self, name: str) -> None:
        self.actors[f"relay-{name}"].thaw()

    def close(self) -> None:
        pass
