"""MCP over streamable HTTP: each message is a POST, answered by JSON or by a stream of events."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import count
from typing import Any

from blocks.adapters.http import MAX_BYTES, GuardedHttp, LineStream
from blocks.adapters.mcp_messages import notification, read, request, result_in, unreadable
from blocks.base import BlockError
from blocks.credentials import Secret

_TIMEOUT = 120.0
_BUSY = frozenset({408, 429, 502, 503, 504})


class HttpSession:
    """A session with one server."""

    def __init__(
        self,
        http: GuardedHttp,
        url: str,
        headers: Mapping[str, str],
        credential: Secret | None,
        is_cancelled: Callable[[], bool],
    ) -> None:
        self._http = http
        self._credential = credential
        self._url = url
        self._headers = {
            **headers,
            "content-type": "application/json",
            "accept": "application/json, text/event-stream",
        }
        self._is_cancelled = is_cancelled
        self._ids = count(1)

    def request(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask and wait for the result."""
        id_ = next(self._ids)
        with self._post(request(id_, method, params)) as stream:
            _require_ok(stream)
            if session := stream.headers.get("mcp-session-id"):
                self._headers["mcp-session-id"] = session
            for message in _messages(stream):
                result = result_in(message, id_)
                if result is not None:
                    return result
        raise unreadable()

    def notify(self, method: str) -> None:
        """Tell something; the server has nothing to answer."""
        with self._post(notification(method)) as stream:
            _require_ok(stream)

    def agree(self, version: str) -> None:
        """Name the revision in every message from now on."""
        self._headers["mcp-protocol-version"] = version

    def close(self) -> None:
        """Tell the server that the session is over; servers may refuse that."""
        if "mcp-session-id" in self._headers:
            with suppress(BlockError):
                self._http.request(
                    "DELETE",
                    self._url,
                    headers=self._headers,
                    credential=self._credential,
                    timeout=5.0,
                )

    def _post(self, content: bytes) -> Any:
        return self._http.stream_lines(
            "POST",
            self._url,
            headers=self._headers,
            content=content,
            timeout=_TIMEOUT,
            is_cancelled=self._is_cancelled,
            credential=self._credential,
        )


def _require_ok(stream: LineStream) -> None:
    status = stream.status
    if status in {401, 403}:
        raise BlockError(f"The MCP server refuses access (status {status})", code="mcp_auth")
    if status // 100 != 2:
        raise BlockError(
            f"The MCP server answered {status}", code="mcp_error", retryable=status in _BUSY
        )


def _limited(lines: Iterator[str]) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line)
        if size > MAX_BYTES:
            raise BlockError("The answer of the MCP server is larger than 10 MB", code="too_large")
        yield line


def _messages(stream: LineStream) -> Iterator[Mapping[str, Any]]:
    """The messages of an answer, whichever way it comes."""
    if not stream.headers.get("content-type", "").startswith("text/event-stream"):
        yield read("".join(_limited(stream.lines)))
        return
    data: list[str] = []
    for line in _limited(stream.lines):
        field, _, value = line.partition(":")
        if field == "data":
            data.append(value.removeprefix(" "))
        elif not line and data:
            if text := "\n".join(data):
                yield read(text)
            data = []
