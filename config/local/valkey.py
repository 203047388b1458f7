"""A private Valkey on the loopback address, with a password."""

import contextlib
import socket
from dataclasses import dataclass
from pathlib import Path

from config.local.binaries import find_valkey
from config.local.errors import SetupError
from config.local.folder import DataFolder
from config.local.processes import Program

HOST = "127.0.0.1"


def redis_url(folder: DataFolder) -> str:
    port = _port_file(folder).read_text()
    return f"redis://:{folder.secrets().valkey_password}@{HOST}:{port}/0"


def _home(folder: DataFolder) -> Path:
    return folder.path / "valkey"


def _port_file(folder: DataFolder) -> Path:
    return _home(folder) / "port"


@dataclass(frozen=True)
class Valkey:
    """The server of one data folder; throw-away servers keep no log of writes."""

    folder: DataFolder
    durable: bool = True

    def describe(self) -> str:
        binary = find_valkey()
        port = _port_file(self.folder).read_text()
        return f"Valkey {binary.version()} ({binary.source}) on {HOST}:{port}"

    def prepare(self) -> None:
        """Write the configuration: the port of last time if it is free, else another."""
        _home(self.folder).mkdir(mode=0o700, exist_ok=True)
        port_file = _port_file(self.folder)
        wanted = int(port_file.read_text()) if port_file.exists() else 0
        port = choose_port(wanted)
        port_file.write_text(str(port))
        self._write_configuration(port)

    def program(self) -> Program:
        return Program(
            name="valkey",
            command=[str(find_valkey().path), str(self._configuration)],
            env={"LC_ALL": "C"},
            cwd=_home(self.folder),
            log=self.folder.logs / "valkey.log",
            is_server=True,
        )

    def answers(self) -> bool:
        password, port = (
            self.folder.secrets().valkey_password,
            int(_port_file(self.folder).read_text()),
        )
        try:
            with socket.create_connection((HOST, port), timeout=2) as connection:
                connection.sendall(f"AUTH {password}\r\nPING\r\nQUIT\r\n".encode())
                return b"+PONG" in connection.makefile("rb").read()
        except OSError:
            return False

    def complete(self) -> None:
        """Nothing is left to do once it answers."""

    @property
    def _configuration(self) -> Path:
        return _home(self.folder) / "valkey.conf"

    def _write_configuration(self, port: int) -> None:
        lines = [
            f"bind {HOST}",
            f"port {port}",
            f"requirepass {self.folder.secrets().valkey_password}",
            f"appendonly {'yes' if self.durable else 'no'}",
            'save ""',
            "maxmemory-policy noeviction",
            "loglevel notice",
            # The command line stays, so that a later start knows this process by it.
            "set-proc-title no",
        ]
        self._configuration.touch(mode=0o600)
        self._configuration.write_text("\n".join(lines) + "\n")


def choose_port(wanted: int) -> int:
    """The wanted port if nobody listens on it, else any free one."""
    for candidate in (wanted, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, candidate))
            return int(probe.getsockname()[1])
    raise SetupError(f"No port is free on {HOST}.")
