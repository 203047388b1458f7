"""One request on its way: clean headers, and what becomes of it when the server redirects."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import httpx2

from blocks.adapters.guard import Target, parse_url, target_of
from blocks.base import BlockError
from blocks.credentials import HOST_REFUSED, Secret

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BAD_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# They describe the connection, which belongs to the client: a caller's value could smuggle a second
# request or name another host than the one that was checked.
_OWN_HEADERS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te"}
    | {"trailer", "expect", "accept-encoding", "proxy-connection", "proxy-authorization"}
)
_SECRET_PARTS = ("auth", "cookie", "credential", "key", "password", "secret", "session", "token")
_DEFAULTS = {"user-agent": "Agentloom", "accept": "*/*"}


def clean_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The caller's headers in lower case. Raises when one could break out of its line."""
    clean = dict(_DEFAULTS)
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or _BAD_VALUE.search(value):
            raise BlockError(
                f"The header {name[:60]!r} contains characters that are not allowed.",
                code="bad_header",
            )
        if name.lower() not in _OWN_HEADERS:
            clean[name.lower()] = value.strip(" \t")
    return clean


def carries_a_secret(name: str) -> bool:
    """Whether a header, by its name, may hold something only its first receiver should see."""
    return any(part in name for part in _SECRET_PARTS)


@dataclass(frozen=True)
class Hop:
    """A request to one place."""

    method: str
    url: httpx2.URL
    headers: Mapping[str, str]
    content: bytes | None
    credential: Secret | None = None

    @classmethod
    def first(
        cls,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        content: bytes | None,
        credential: Secret | None = None,
    ) -> "Hop":
        """The request as the caller wants it, checked."""
        if method.upper() not in METHODS:
            raise BlockError(f"{method[:20]!r} is not a known HTTP method.", code="bad_method")
        hop = cls(method.upper(), parse_url(url), clean_headers(headers or {}), content, credential)
        if credential and not hop._may_use(credential):
            raise BlockError(
                f"The credential may not be sent to {hop.target.host}; it is for "
                f"{', '.join(credential.hosts)}.",
                code=HOST_REFUSED,
            )
        return hop

    @cached_property
    def target(self) -> Target:
        """Where the request goes."""
        return target_of(self.url)

    def wire_headers(self, encoding: str) -> list[tuple[bytes, bytes]]:
        """The headers as they are sent; a password in the URL becomes basic authentication."""
        headers = {"host": self.url.netloc.decode("ascii"), "accept-encoding": encoding}
        if self.url.userinfo:
            pair = f"{self.url.username}:{self.url.password}".encode()
            headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        headers |= self.headers
        if self.credential and self._may_use(self.credential):
            headers |= {name.lower(): value for name, value in self.credential.headers.items()}
        return [(name.encode(), value.encode()) for name, value in headers.items()]

    def wire_content(self) -> bytes | None:
        """The body, empty instead of absent for methods that are expected to have one."""
        return (self.content or b"") if self.method in {"POST", "PUT", "PATCH"} else self.content

    def redirected(self, status: int, location: str) -> "Hop":
        """The request that a redirect asks for: secrets stay at the old origin."""
        # Servers send UTF-8 in this header, which HTTP reads as Latin-1.
        location = location.encode("latin-1").decode("utf-8", errors="replace")
        try:
            url = self.url.join(location)
        except (httpx2.InvalidURL, ValueError) as error:
            raise BlockError("The server redirects to a broken address.", code="bad_url") from error
        step = replace(self, url=parse_url(str(url)))
        if step.target != self.target:
            kept = {k: v for k, v in self.headers.items() if not carries_a_secret(k)}
            step = replace(step, headers=kept)
        if (self.target.scheme, step.target.scheme) == ("https", "http"):
            step = replace(step, credential=None)  # never in the clear what was sent encrypted
        becomes_get = status == 303 or (status in {301, 302} and self.method == "POST")
        return step._as_get() if becomes_get and self.method != "HEAD" else step

    def _may_use(self, credential: Secret) -> bool:
        return credential.is_for(self.target.scheme, self.target.host, self.target.port)

    def _as_get(self) -> "Hop":
        headers = {k: v for k, v in self.headers.items() if not k.startswith("content-")}
        return replace(self, method="GET", headers=headers, content=None)
