"""Which addresses a block may talk to: pure rules over URLs, ports and resolved addresses."""

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

import httpx2

from blocks.base import BlockError

Address = IPv4Address | IPv6Address

# An explicit table: `ipaddress.is_private` and `is_global` disagree between Python versions and
# both have holes (100.64.0.1 is neither, multicast is "global").
_REFUSED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier NAT, also used inside clouds
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a public number that is the host agent inside Azure
        "169.254.0.0/16",  # link-local, metadata services
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_REFUSED_V6 = tuple(
    IPv6Network(network)
    for network in (
        "::/96",  # unspecified, loopback, IPv4-compatible
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b:1::/48",  # NAT64 inside one network
        "100::/64",  # discard
        "2001:2::/48",  # benchmarking
        "2001:10::/28",  # ORCHID
        "2001:20::/28",  # ORCHIDv2
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",  # unique local
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local
        "ff00::/8",  # multicast
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)  # the upper half of the interface id, before the IPv4 address

_OPEN_LOW_PORTS = frozenset({80, 443})
_FIRST_HIGH_PORT = 1024
# Databases, queues and control planes that speak to anyone who connects.
_REFUSED_PORTS = frozenset(
    {1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 4369, 5432, 5555, 5672, 5900}
    | {5984, 5985, 5986, 6000, 6379, 6380, 6443, 6667, 8086, 8500, 9042, 9092, 9200, 9300, 10250}
    | {10255, 11211, 15672, 25672, 27017, 27018, 27019, 28017, 50000}
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9a-fA-F:.]+")


@dataclass(frozen=True)
class Target:
    """One place to connect to."""

    scheme: str
    host: str
    port: int


def embedded_ipv4(address: IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that a transition format hides inside an IPv6 address."""
    low = int(address) & 0xFFFFFFFF
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address.sixtofour:
        return [address.sixtofour]
    if address.teredo:
        return list(address.teredo)
    if address in _NAT64 or (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return [IPv4Address(low)]
    return []


def is_public(address: Address) -> bool:
    """Whether an address is on the public internet, also after every translation on the way."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _REFUSED_V4)
    if any(address in network for network in _REFUSED_V6):
        return False
    embedded = embedded_ipv4(address)
    if embedded:
        return all(is_public(inner) for inner in embedded)
    return address in _GLOBAL_V6


def is_open_port(port: int) -> bool:
    """Whether the port belongs to the web or is at least no well-known service of another kind."""
    if port in _OPEN_LOW_PORTS:
        return True
    return _FIRST_HIGH_PORT <= port <= _LAST_PORT and port not in _REFUSED_PORTS


def parse_url(text: str) -> httpx2.URL:
    """The URL in `text`. Raises `BlockError` when it is not a complete http or https address."""
    if _CONTROL.search(text) or "\\" in text:
        raise BlockError("The address contains characters that are not allowed.", code="bad_url")
    try:
        url = httpx2.URL(text.strip(" "))
        host = url.raw_host.decode("ascii")
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise BlockError("This is not a valid web address.", code="bad_url") from error
    if url.scheme and url.scheme not in _DEFAULT_PORTS:
        raise BlockError(
            f"Only http and https addresses can be used, not {url.scheme}.", code="ssrf_blocked"
        )
    if not url.scheme or not _HOST.fullmatch(host) or (url.port or 0) > _LAST_PORT:
        raise BlockError(
            "This is not a complete web address. It should look like https://example.com/page.",
            code="bad_url",
        )
    return url


def target_of(url: httpx2.URL) -> Target:
    """Where a parsed URL leads, with the default port filled in."""
    host = url.raw_host.decode("ascii").lower().rstrip(".")
    port = _DEFAULT_PORTS[url.scheme] if url.port is None else url.port
    return Target(url.scheme, host, port)


def _names(hosts: Iterable[str]) -> frozenset[str]:
    return frozenset(host.strip().lower() for host in hosts if host.strip())


@dataclass(frozen=True)
class Policy:
    """The rules of one client; `allowed_hosts` ("host" or "host:port") are exempt from them.

    `own_hosts` are the names of this installation ("host", or ".host" with all below it): a run that calls them could
    start runs without end.
    """

    allowed_hosts: frozenset[str] = frozenset()
    own_hosts: frozenset[str] = frozenset()

    @classmethod
    def allowing(cls, hosts: Iterable[str], own_hosts: Iterable[str] = ()) -> "Policy":
        """A policy with these exemptions, however they are capitalised."""
        return cls(_names(hosts), _names(own_hosts))

    def allows_host(self, host: str, port: int) -> bool:
        """Whether the operator exempted this place."""
        name = host.lower().rstrip(".")
        name = f"[{name}]" if ":" in name else name
        return not self.allowed_hosts.isdisjoint({name, f"{name}:{port}"})

    def check_target(self, target: Target) -> None:
        """Refuse a forbidden port, or a forbidden address that is written out in the URL."""
        if self.allows_host(target.host, target.port):
            return
        if self._is_own(target.host):
            raise BlockError(
                f"{target.host} is this installation itself, which blocks may not call. "
                "An operator can allow it.",
                code="ssrf_blocked",
            )
        if not is_open_port(target.port):
            raise BlockError(
                f"Port {target.port} of {target.host} may not be used.", code="ssrf_blocked"
            )
        literal = _written_out(target.host)
        if literal:  # a name is judged by what it resolves to, when the connection is made
            self.check_addresses(target.host, target.port, [literal])

    def _is_own(self, host: str) -> bool:
        name = f"[{host}]" if ":" in host else host
        return any(
            name == own or (own.startswith(".") and f".{name}".endswith(own))
            for own in self.own_hosts
        )

    def check_addresses(self, host: str, port: int, addresses: list[Address]) -> None:
        """Refuse a host when any of its addresses is not public."""
        if self.allows_host(host, port):
            return
        # Which address it was stays untold: the answer would map the inner network.
        if not all(is_public(address) for address in addresses):
            raise BlockError(
                f"{host} is not on the public internet, so blocks may not connect to it. "
                "An operator can allow it.",
                code="ssrf_blocked",
            )


def _written_out(host: str) -> Address | None:
    """The address that a host is, also in the forms of C's `inet_aton`, such as 0x0a000001; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None
