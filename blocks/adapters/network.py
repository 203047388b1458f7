"""The connect layer of the outbound client: checks every address and keeps to the time limit."""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import httpcore2

from blocks.adapters.guard import Address, Policy
from blocks.base import BlockError

Resolve = Callable[[str, int], list[str]]

_READ_SLICE = 0.5  # seconds between two looks at the clock and at the run's stop flag
_WRITE_SLICE = 16_384  # bytes, so that a peer that reads slowly cannot outlive the time limit
_MAX_ADDRESSES = 4  # of one name that are tried, one after the other
_CONNECT_WAIT = 10.0  # seconds for one address
_WITHOUT_LIMIT = 60.0


def never() -> bool:
    """The stop flag of a request that nobody can stop."""
    return False


@dataclass
class Budget:
    """How long the current request may take in all, and whether it is still wanted."""

    ends: float
    is_cancelled: Callable[[], bool]
    next_question: float = 0.0

    def left(self) -> float:
        """Seconds left. Raises when there are none, or when the run was stopped."""
        now = time.monotonic()
        if now >= self.next_question:  # the answer may cost a query, tokens come by the hundred
            self.next_question = now + _READ_SLICE / 2
            if self.is_cancelled():
                raise BlockError("The run was stopped.", code="cancelled")
        if now >= self.ends:
            raise httpcore2.ReadTimeout("The time for the whole request is over")
        return self.ends - now


# The pool hands timeouts to single reads only, so a server that drips one byte at a time could hold
# a request for ever. A context variable reaches the socket through every layer in between.
_budget: ContextVar[Budget | None] = ContextVar("request_budget", default=None)


@contextmanager
def limited_to(seconds: float, is_cancelled: Callable[[], bool] = never) -> Iterator[None]:
    """Everything sent and received inside shares this many seconds."""
    token = _budget.set(Budget(time.monotonic() + seconds, is_cancelled))
    try:
        yield
    finally:
        _budget.reset(token)


def time_left() -> float:
    """Seconds that the current request still has."""
    budget = _budget.get()
    return budget.left() if budget else _WITHOUT_LIMIT


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host in the order of the system's preference."""
    # The one step that no budget can interrupt: the system's resolver gives up by itself.
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def addresses_of(host: str, port: int, resolve_host: Resolve) -> list[Address]:
    """What a host resolves to now. Raises `BlockError` when it is not found."""
    try:
        # A scope ("fe80::1%eth0") says which card to use, not where the address leads.
        return [ip_address(text.partition("%")[0]) for text in resolve_host(host, port)]
    except (OSError, UnicodeError) as error:
        passing = isinstance(error, OSError) and error.errno == socket.EAI_AGAIN
        raise BlockError(
            f"The host {host} was not found.", code="unreachable", retryable=passing
        ) from error


class GuardedStream(httpcore2.NetworkStream):
    """A connection that ends its waiting when the time is over or the run was stopped."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        idle_ends = time.monotonic() + (_WITHOUT_LIMIT if timeout is None else timeout)
        while True:
            try:
                return self._inner.read(max_bytes, min(_READ_SLICE, time_left()))
            except httpcore2.ReadTimeout:
                if time.monotonic() >= idle_ends:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        view = memoryview(buffer)
        while view:
            self._inner.write(bytes(view[:_WRITE_SLICE]), time_left())
            view = view[_WRITE_SLICE:]

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        return GuardedStream(self._inner.start_tls(ssl_context, server_hostname, time_left()))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore2.NetworkBackend):
    """Resolves a host once, checks every address, connects to exactly what was checked."""

    def __init__(
        self,
        policy: Policy,
        resolve_host: Resolve = resolve,
        sockets: httpcore2.NetworkBackend | None = None,
    ) -> None:
        self._policy = policy
        self._resolve = resolve_host
        self._sockets = sockets or httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = addresses_of(host, port, self._resolve)
        self._policy.check_addresses(host, port, addresses)
        return GuardedStream(self._connect_to_first(addresses, port))

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        raise BlockError("Unix sockets may not be used.", code="ssrf_blocked")

    def _connect_to_first(self, addresses: list[Address], port: int) -> httpcore2.NetworkStream:
        failure: httpcore2.ConnectError | httpcore2.ConnectTimeout | None = None
        for address in addresses[:_MAX_ADDRESSES]:
            wait = min(time_left(), _CONNECT_WAIT)
            try:
                return self._sockets.connect_tcp(str(address), port, wait)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore2.ConnectError("The host has no address")
