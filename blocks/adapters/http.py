"""The outbound HTTP client: the only way from a block to the network."""

import os
import ssl
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import httpcore2
import httpx2

from blocks.adapters import network
from blocks.adapters.guard import Policy, parse_url, target_of
from blocks.adapters.hop import REDIRECTS, Hop
from blocks.adapters.network import GuardedBackend
from blocks.base import BlockError
from blocks.credentials import Secret
from blocks.ports import HttpReply

MAX_BYTES = 10_000_000
MAX_REDIRECTS = 10

_MAX_STREAM_BYTES = 100_000_000
_MAX_LINE_BYTES = 4_000_000
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


@dataclass(frozen=True)
class LineStream:
    """An answer that is read line by line while it arrives."""

    status: int
    headers: Mapping[str, str]
    lines: Iterator[str]


@cache
def _tls() -> ssl.SSLContext:
    """The system's certificates; one context for the process because loading them is slow."""
    return httpx2.create_ssl_context(trust_env=False)


@contextmanager
def _failures_of(host: str) -> Iterator[None]:
    """Turn what the network throws into sentences."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise BlockError(
            f"{host} did not answer in time.", code="timeout", retryable=True
        ) from error
    except httpcore2.LocalProtocolError as error:
        raise BlockError("The request cannot be sent in this form.", code="bad_request") from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        if error.args and isinstance(error.args[0], ssl.SSLError):
            raise BlockError(
                f"No secure connection to {host} is possible: {error.args[0].reason}.",
                code="unreachable",
            ) from error
        raise BlockError(
            f"{host} cannot be reached or broke off the connection.",
            code="unreachable",
            retryable=True,
        ) from error


def _headers_of(response: httpcore2.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _unpacked(chunks: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """The chunks without their gzip coating, never more than `limit` bytes in one piece."""
    if encoding.strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        yield from chunks
        return
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        for chunk in chunks:
            yield unpacker.decompress(chunk, limit)
            if unpacker.unconsumed_tail:
                raise _too_large(limit)
    except zlib.error as error:
        raise BlockError("The answer is damaged.", code="unreachable", retryable=True) from error


def _too_large(limit: int) -> BlockError:
    return BlockError(
        f"The answer is larger than {limit / 1_000_000:g} MB.", code="too_large", retryable=False
    )


def _limited(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        yield chunk


def _lines(response: httpcore2.Response, host: str) -> Iterator[str]:
    """The lines of an answer; a reader sees failures of the network as sentences."""
    with _failures_of(host):
        yield from _split_lines(_limited(response.iter_stream(), _MAX_STREAM_BYTES))


def _split_lines(chunks: Iterable[bytes]) -> Iterator[str]:
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        start, *following = chunk.split(b"\n")
        parts.append(start)
        size += len(start)
        if size > _MAX_LINE_BYTES:
            raise _too_large(_MAX_LINE_BYTES)
        for part in following:
            yield _decoded(parts)
            parts, size = [part], len(part)
    if size:
        yield _decoded(parts)


def _decoded(parts: list[bytes]) -> str:
    return b"".join(parts).removesuffix(b"\r").decode("utf-8", errors="replace")


class GuardedHttp:
    """Implements the `Http` port. One object a process; safe to share between threads.

    Keep one for each list of exemptions: a pooled connection that one list allowed must not serve
    a request under another.
    """

    def __init__(
        self,
        allowed_hosts: Iterable[str] = (),
        *,
        own_hosts: Iterable[str] = (),
        max_bytes: int = MAX_BYTES,
        resolve_host: network.Resolve = network.resolve,
    ) -> None:
        self._policy = Policy.allowing(allowed_hosts, own_hosts)
        self._max_bytes = max_bytes
        self._resolve_host = resolve_host
        self._pools: dict[int, httpcore2.ConnectionPool] = {}

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        timeout: float = 30.0,
        credential: Secret | None = None,
    ) -> HttpReply:
        """Send a request and follow its redirects, all within `timeout` seconds."""
        hop = Hop.first(method, url, headers, content, credential)
        with network.limited_to(timeout):
            for count in range(MAX_REDIRECTS + 1):
                reply = self._send(hop, count)
                location = reply.headers.get("location")
                if reply.status not in REDIRECTS or not location:
                    return reply
                hop = hop.redirected(reply.status, location)
        raise BlockError(
            f"The server redirects more than {MAX_REDIRECTS} times.", code="too_many_redirects"
        )

    @contextmanager
    def stream_lines(  # noqa: PLR0913 - a request has that many parts
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        timeout: float = 300.0,
        is_cancelled: Callable[[], bool] = network.never,
        credential: Secret | None = None,
    ) -> Iterator[LineStream]:
        """Send a request and read its answer as it comes. Redirects are handed back, not followed.

        Waiting ends within half a second once `is_cancelled` says so.
        """
        hop = Hop.first(method, url, headers, content, credential)
        with network.limited_to(timeout, is_cancelled), self._open(hop, "identity") as response:
            yield LineStream(
                response.status, _headers_of(response), _lines(response, hop.target.host)
            )

    def require_allowed(self, url: str) -> None:
        """Raise `BlockError` for an address that no request may go to, as far as can be told without asking for names."""
        self._policy.check_target(target_of(parse_url(url)))

    def open(self) -> None:
        """Load the certificates now, before many threads need them at once."""
        self._pool()

    def close(self) -> None:
        """Close the idle connections of this process."""
        pool = self._pools.pop(os.getpid(), None)
        if pool:
            pool.close()

    def _send(self, hop: Hop, redirects: int) -> HttpReply:
        with _naming_the_hop(redirects), self._open(hop, "gzip") as response:
            headers = _headers_of(response)
            if response.status in REDIRECTS and "location" in headers:
                body = b""
            else:
                body = self._read(response, headers.get("content-encoding", ""))
        url = hop.url.copy_with(userinfo=b"") if hop.url.userinfo else hop.url
        return HttpReply(status=response.status, headers=headers, body=body, url=str(url))

    def _read(self, response: httpcore2.Response, encoding: str) -> bytes:
        packed = _limited(response.iter_stream(), self._max_bytes)
        unpacked = _unpacked(packed, encoding, self._max_bytes)
        return b"".join(_limited(unpacked, self._max_bytes))

    @contextmanager
    def _open(self, hop: Hop, encoding: str) -> Iterator[httpcore2.Response]:
        self._policy.check_target(hop.target)
        with (
            _failures_of(hop.target.host),
            self._pool().stream(
                hop.method,
                httpcore2.URL(
                    scheme=hop.url.raw_scheme,
                    host=hop.url.raw_host,
                    port=hop.url.port,
                    target=hop.url.raw_path,
                ),
                headers=hop.wire_headers(encoding),
                content=hop.wire_content(),
                extensions={"timeout": {"pool": network.time_left(), "read": network.time_left()}},
            ) as response,
        ):
            yield response

    def _pool(self) -> httpcore2.ConnectionPool:
        # Kept by process id: after a fork the sockets still belong to the parent.
        pool = self._pools.get(os.getpid())
        return pool or self._pools.setdefault(
            os.getpid(),
            httpcore2.ConnectionPool(
                ssl_context=_tls(),
                max_connections=100,
                max_keepalive_connections=20,
                keepalive_expiry=30.0,
                network_backend=GuardedBackend(self._policy, self._resolve_host),
            ),
        )


@contextmanager
def _naming_the_hop(redirects: int) -> Iterator[None]:
    """Say at which redirect the request was refused."""
    try:
        yield
    except BlockError as error:
        if not redirects:
            raise
        raise BlockError(
            f"Redirect {redirects}: {error}", code=error.code, retryable=error.retryable
        ) from error
