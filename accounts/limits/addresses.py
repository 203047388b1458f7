"""Where a request comes from, and which account it wants to get into."""

import hashlib
import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings

_NETWORK = 64  # bits; whoever has an IPv6 address has all that share these


def address_of(meta: Mapping[str, Any]) -> str:
    """The address of a request's sender, as a name for counting."""
    return counted_as(_sender_of(meta))


def shown_address(meta: Mapping[str, Any]) -> str:
    """The address of a request's sender, for people to read; empty for what is none."""
    try:
        return str(ipaddress.ip_address(_sender_of(meta)))
    except ValueError:
        return ""


def _sender_of(meta: Mapping[str, Any]) -> str:
    """Of `X-Forwarded-For` only what our own proxies have written counts; what clients write there is not looked at."""
    peer = str(meta.get("REMOTE_ADDR") or "")
    proxies: int = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    return hops[-proxies] if 0 < proxies <= len(hops) else peer


def account_of(email: str) -> str:
    """An account, whether it exists or not, as a name for counting."""
    return f"account:{hashlib.sha256(email.strip().lower().encode()).hexdigest()}"


def counted_as(text: str) -> str:
    """The address, or the network of an IPv6 address; `unknown` for what is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "address:unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            network = ipaddress.ip_network((int(address) >> _NETWORK << _NETWORK, _NETWORK))
            return f"address:{network.network_address}"
        return f"address:{address.ipv4_mapped}"
    return f"address:{address}"
