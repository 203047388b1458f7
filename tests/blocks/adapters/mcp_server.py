"""A real MCP server, of the official library: over HTTP with a port as its argument, else over pipes."""

import sys

from mcp.server import MCPServer

server = MCPServer("tests")


@server.tool()
def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


@server.tool()
def fail() -> str:
    """Always fails."""
    raise ValueError("this tool never works")


@server.tool()
def repeat(text: str, times: int = 2) -> str:
    """Repeats a text."""
    return text * times


if len(sys.argv) > 1:
    server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[1]))
else:
    server.run("stdio")
