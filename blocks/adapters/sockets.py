"""Guarded connections for what does not speak HTTP: mail servers and databases."""

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from ssl import SSLContext
from types import TracebackType
from typing import BinaryIO

import httpx2

from blocks.adapters import network
from blocks.adapters.guard import Policy, is_open_port
from blocks.base import BlockError
from blocks.credentials import HOST_REFUSED, USUAL_PORTS, Secret

_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,252}[A-Za-z0-9])?|[0-9a-fA-F:.]{2,45}")
_FIRST_HIGH_PORT = 1024
_MAX_ADDRESSES = 4  # of one name that are tried, one after the other
_LOOK_EVERY = 0.25  # seconds between two looks at the run's stop flag


@dataclass(frozen=True)
class Service:
    """A server of some kind: "smtp", "imap" or "postgresql"."""

    scheme: str
    host: str
    port: int


class GuardedSockets:
    """Resolves a host once, checks every address, connects to exactly what was checked."""

    def __init__(
        self,
        allowed_hosts: Iterable[str] = (),
        *,
        resolve_host: network.Resolve = network.resolve,
        tls: SSLContext | None = None,
    ) -> None:
        self._policy = Policy.allowing(allowed_hosts)
        self._resolve_host = resolve_host
        self._given_tls = tls

    @cached_property
    def tls(self) -> SSLContext:
        """What certificates are trusted: those of the system, unless others were given."""
        return self._given_tls or httpx2.create_ssl_context(trust_env=False)

    def is_exempt(self, service: Service) -> bool:
        """Whether the operator has allowed this very server; it need not encrypt then."""
        return self._policy.allows_host(service.host, service.port)

    def addresses(self, service: Service, credential: Secret) -> list[str]:
        """Where it may be reached. Raises `BlockError` when it must not be, also with this credential."""
        host, port = service.host, service.port
        if not _HOST.fullmatch(host):
            raise BlockError("This is not the name of a host.", code="bad_url")
        if not credential.is_for(service.scheme, host.lower().rstrip("."), port):
            raise BlockError(
                f"The credential may not be sent to {host}:{port}; it is for "
                f"{', '.join(credential.hosts)}.",
                code=HOST_REFUSED,
            )
        if not (_is_port_of(service) or self.is_exempt(service)):
            raise BlockError(
                f"Port {port} may not be used for {service.scheme}.", code="ssrf_blocked"
            )
        found = network.addresses_of(host, port, self._resolve_host)
        self._policy.check_addresses(host, port, found)
        return [str(address) for address in found[:_MAX_ADDRESSES]]

    def connect(self, service: Service, credential: Secret, seconds: float) -> socket.socket:
        """A connection; it, and each of its steps, may take as long. Raises `BlockError`."""
        addresses = self.addresses(service, credential)
        for address in addresses:
            try:
                place = (address, service.port)
                connection = socket.create_connection(place, seconds / len(addresses))
            except OSError:
                continue
            connection.settimeout(seconds)
            return connection
        raise unreachable(service)


def _is_port_of(service: Service) -> bool:
    if service.port in USUAL_PORTS[service.scheme]:
        return True
    # Database services in clouds listen on any of the high ports.
    is_high = service.port >= _FIRST_HIGH_PORT and is_open_port(service.port)
    return service.scheme == "postgresql" and is_high


def unreachable(service: Service) -> BlockError:
    """The server is not there, or hung up."""
    return BlockError(
        f"{service.host} cannot be reached or broke off the connection.",
        code="unreachable",
        retryable=True,
    )


class Watch:
    """Cuts a connection when its time is over or the run was stopped, whatever the other side does.

    Libraries give each step a time limit of its own, and a server that sends a byte now and then could hold them
    for ever.
    """

    def __init__(self, handle: int, seconds: float, is_cancelled: Callable[[], bool]) -> None:
        self.failure: BlockError | None = None  # why it was cut
        self._connection = socket.socket(fileno=os.dup(handle))
        self._ends = time.monotonic() + seconds
        self._is_cancelled = is_cancelled
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()
        self._connection.close()

    def _look(self) -> None:
        while not self._is_over.wait(_LOOK_EVERY):
            if self._is_cancelled():
                self.failure = BlockError("The run was stopped.", code="cancelled")
            elif time.monotonic() >= self._ends:
                self.failure = BlockError(
                    "The server did not answer in time.", code="timeout", retryable=True
                )
            if self.failure:
                self._cut()
                return

    def _cut(self) -> None:
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the other side was faster


class LimitedReader:
    """Reads from a connection, no more than `limit` bytes in all."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream = stream
        self._left = limit

    def readline(self, size: int) -> bytes:
        """A line, or as much of it."""
        return self._counted(self._stream.readline(size))

    def read(self, size: int) -> bytes:
        """As many bytes. Raises before they are read when they are too many."""
        if size > self._left:
            raise too_large()
        return self._counted(self._stream.read(size))

    def close(self) -> None:
        """Let go of the connection."""
        self._stream.close()

    def _counted(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise too_large()
        return data


def too_large() -> BlockError:
    """The server sends more than anybody has room for."""
    return BlockError("The server sent more than is allowed.", code="too_large")
