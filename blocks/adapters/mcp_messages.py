"""The messages of MCP: JSON-RPC 2.0."""

import json
from collections.abc import Mapping
from typing import Any

from blocks.base import BlockError


def request(id_: int, method: str, params: Mapping[str, Any]) -> bytes:
    """A question."""
    message = {"jsonrpc": "2.0", "id": id_, "method": method, "params": dict(params)}
    return json.dumps(message).encode()


def notification(method: str) -> bytes:
    """Something that is not answered."""
    return json.dumps({"jsonrpc": "2.0", "method": method}).encode()


def read(text: str) -> Mapping[str, Any]:
    """A message of the server."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise unreadable() from None
    if not isinstance(message, dict):
        raise unreadable()
    return message


def result_in(message: Mapping[str, Any], id_: int) -> Mapping[str, Any] | None:
    """The result of this question; None for any other message. Raises `BlockError` for an error."""
    if message.get("id") != id_ or "method" in message:
        return None
    error = message.get("error")
    if error is not None:
        said = error.get("message") if isinstance(error, dict) else error
        raise BlockError(f"The MCP server reports: {str(said)[:300]}", code="mcp_error")
    result = message.get("result")
    if not isinstance(result, dict):
        raise unreadable()
    return result


def unreadable() -> BlockError:
    """The server does not speak the protocol."""
    return BlockError("The answer is not one of an MCP server", code="mcp_error")
