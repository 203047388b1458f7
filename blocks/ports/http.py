"""The network, as blocks see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from blocks.credentials import Secret


@dataclass(frozen=True)
class HttpReply:
    """An answer of another server; `body` is cut off at the port's size limit with an error, never silently."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str  # after redirects

    def text(self) -> str:
        """The body as text, in the charset that the headers name, UTF-8 otherwise."""
        content_type = self.headers.get("content-type", "")
        _, _, charset = content_type.partition("charset=")
        try:
            return self.body.decode(charset.split(";")[0].strip(' "') or "utf-8", errors="replace")
        except LookupError:
            return self.body.decode("utf-8", errors="replace")


class Http(Protocol):
    """The one way out to the network: refuses private addresses, re-checks redirects, limits size and time."""

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
        """Send one request. Raises `BlockError` when the address is refused or the server cannot be reached.

        The credential's headers go to its own hosts only, also after redirects.
        """
        ...
