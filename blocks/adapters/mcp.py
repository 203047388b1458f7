"""A client of the Model Context Protocol (revision 2025-06-18): which tools a server has, and calling them.

Servers are reached over streamable HTTP, through the guarded client, or over pipes where the operator has named a
command. The official library is not used: it opens connections of its own, which no guard would see.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from blocks.adapters import mcp_stdio
from blocks.adapters.http import GuardedHttp
from blocks.adapters.mcp_http import HttpSession
from blocks.base import BlockError
from blocks.credentials import HOST_REFUSED, Secret
from blocks.ports import Tool

VERSIONS = ("2025-06-18", "2025-11-25", "2025-03-26")  # that we speak; the first is what we ask for
MAX_TOOLS = 128
_MAX_PAGES = 10
_STDIO = "stdio:"


class Session(Protocol):
    """A connection to one server."""

    def request(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask and wait for the result. Raises `BlockError`."""
        ...

    def notify(self, method: str) -> None:
        """Tell something."""
        ...

    def agree(self, version: str) -> None:
        """Go on in this revision of the protocol."""
        ...


class McpClient:
    """Implements the `Mcp` port."""

    def __init__(
        self,
        http: GuardedHttp,
        commands: Mapping[str, Sequence[str]],
        is_cancelled: Callable[[], bool],
    ) -> None:
        self._http = http
        self._commands = commands
        self._is_cancelled = is_cancelled

    def list_tools(
        self, server: str, headers: Mapping[str, str], credential: Secret | None = None
    ) -> list[Tool]:
        """The tools of a server, as many as a model can be told of."""
        found: list[Tool] = []
        cursor = None
        with self._session(server, headers, credential) as session:
            for _ in range(_MAX_PAGES):
                page = session.request("tools/list", {"cursor": cursor} if cursor else {})
                found += [_tool(row) for row in _rows(page.get("tools"))]
                cursor = page.get("nextCursor")
                if not cursor or len(found) >= MAX_TOOLS:
                    break
        return found[:MAX_TOOLS]

    def call_tool(
        self,
        server: str,
        name: str,
        arguments: Mapping[str, Any],
        headers: Mapping[str, str],
        credential: Secret | None = None,
    ) -> Any:
        """What a tool gives: its structured result, else its text, else its parts."""
        with self._session(server, headers, credential) as session:
            params = {"name": name, "arguments": dict(arguments)}
            result = session.request("tools/call", params)
        parts = _rows(result.get("content"))
        if result.get("isError"):
            text = " ".join(str(part.get("text", "")) for part in parts).strip()
            raise BlockError(text or f"The tool {name} failed", code="mcp_tool_failed")
        structured = result.get("structuredContent")
        if structured is not None:
            return structured
        values = [_value(part) for part in parts]
        return values[0] if len(values) == 1 else values

    @contextmanager
    def _session(
        self, server: str, headers: Mapping[str, str], credential: Secret | None
    ) -> Iterator[Session]:
        with self._connection(server, headers, credential) as session:
            hello = {
                "protocolVersion": VERSIONS[0],
                "capabilities": {},
                "clientInfo": {"name": "Agentloom", "version": "0.1.0"},
            }
            version = session.request("initialize", hello).get("protocolVersion")
            if version not in VERSIONS:
                raise BlockError(
                    f"The MCP server speaks a revision that is not known here: {version!s:.40}",
                    code="mcp_error",
                )
            session.agree(version)
            session.notify("notifications/initialized")
            yield session

    @contextmanager
    def _connection(
        self, server: str, headers: Mapping[str, str], credential: Secret | None
    ) -> Iterator[Session]:
        if not server.startswith(_STDIO):
            session = HttpSession(self._http, server, headers, credential, self._is_cancelled)
            try:
                yield session
            finally:
                session.close()
            return
        command = self._commands.get(server.removeprefix(_STDIO))
        if command is None:
            raise BlockError(
                f'The operator has set up no MCP server "{server[:60]}". Give a web address.',
                code="mcp_not_allowed",
            )
        if credential:
            raise BlockError(
                "A server that runs as a command takes no credential; its operator has set it up.",
                code=HOST_REFUSED,
            )
        with mcp_stdio.started(command, self._is_cancelled) as pipes:
            yield pipes


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _tool(row: Mapping[str, Any]) -> Tool:
    schema = row.get("inputSchema")
    return Tool(
        name=str(row.get("name", "")),
        description=str(row.get("description") or row.get("title") or row.get("name", "")),
        parameters=schema if isinstance(schema, dict) else {"type": "object"},
    )


def _value(part: Mapping[str, Any]) -> Any:
    """A part of a result; pictures and sounds become data URIs."""
    if part.get("type") == "text":
        return part.get("text", "")
    if part.get("type") in {"image", "audio"}:
        return f"data:{part.get('mimeType')};base64,{part.get('data')}"
    return dict(part)
