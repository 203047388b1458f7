"""A page, feed or article from the web, or a sentence why there is none."""

from blocks.base import BlockError
from blocks.ports import HttpReply, Ports

_BUSY = frozenset({429, 502, 503, 504})


def fetched(url: str, ports: Ports) -> HttpReply:
    """The answer of a server that says that all is well. Raises `BlockError` for every other."""
    reply = ports.http.request("GET", url)
    if reply.status // 100 != 2:
        raise BlockError(f"The server answered {reply.status}", retryable=reply.status in _BUSY)
    return reply
