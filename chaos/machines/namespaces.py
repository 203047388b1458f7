"""Machines as network namespaces of Linux, with real cables: needs root, and `ip` of iproute2."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace

from chaos.machines.network import DATABASE, REDIS, Network, relay
from config.local.processes import Program

_NET = "10.77.0"
_PORTS = {DATABASE: 5432, REDIS: 6379}
_WORLD_PORT = 8077


def why_not() -> str:
    """Why this machine has no namespaces for us; empty when it has."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None:
        return "network namespaces need the program ip (iproute2)"
    space = f"agentloom-{os.getpid()}"
    try:
        _ip("netns", "add", space)
        _ip("netns", "del", space)
    except subprocess.CalledProcessError as error:
        return f"network namespaces are not allowed here: {error.stderr.decode().strip()}"
    return ""


class Namespaces(Network):
    """A bridge, and a pair of interfaces for each machine."""

    def __init__(self, names: Sequence[str], sockets: Mapping[str, str], world: str) -> None:
        super().__init__(names, sockets, world)
        self._tag = f"al{os.getpid() % 100_000}"
        _ip("link", "add", self._tag, "type", "bridge")
        _ip("addr", "add", f"{_NET}.1/24", "dev", self._tag)
        _ip("link", "set", self._tag, "up")
        for name in names:
            self._add(name)

    def _add(self, name: str) -> None:
        space, cable = self._space(name), self._cable(name)
        _ip("netns", "add", space)
        _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", space)
        _ip("link", "set", cable, "master", self._tag, "up")
        _ip("-n", space, "addr", "add", f"{self.address(name)}/24", "dev", "eth0")
        for device in ("eth0", "lo"):
            _ip("-n", space, "link", "set", device, "up")

    def _space(self, name: str) -> str:
        return f"{self._tag}-{name}"

    def _cable(self, name: str) -> str:
        return f"{self._tag}-{self.names.index(name)}"

    def address(self, name: str) -> str:
        return f"{_NET}.{10 + self.names.index(name)}"

    def server_seen_from(self, name: str, server: str) -> str:
        return f"{self.address(server)}:{_PORTS[server]}"

    @property
    def world_address(self) -> str:
        return f"{_NET}.1:{_WORLD_PORT}"

    def relays(self) -> list[Program]:
        servers = [
            self.place(server, relay(server, [(self.address(server), port, self.sockets[server])]))
            for server, port in _PORTS.items()
        ]
        return [*servers, relay("world", [(f"{_NET}.1", _WORLD_PORT, self.world)])]

    def place(self, name: str, program: Program) -> Program:
        command = ["ip", "netns", "exec", self._space(name), *program.command]
        return replace(program, command=command, env={"PATH": os.environ["PATH"], **program.env})

    def cut(self, name: str) -> None:
        _ip("link", "set", self._cable(name), "down")

    def mend(self, name: str) -> None:
        _ip("link", "set", self._cable(name), "up")

    def close(self) -> None:
        for name in self.names:
            _ip("netns", "del", self._space(name))
        _ip("link", "del", self._tag)


def _ip(*words: str) -> None:
    command = ["ip", *words]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - names of our own
