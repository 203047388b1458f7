"""What can go wrong with a request."""

from collections.abc import Mapping
from typing import Any


class AgentloomError(Exception):
    """The server refused something, or cannot be reached; `status` is 0 then. Decide by `code`, which is stable."""

    def __init__(
        self, message: str, *, status: int = 0, code: str = "", details: Mapping[str, Any] | None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.details = status, code, details or {}


def refusal(status: int, body: Any) -> AgentloomError:
    """The error that an answer tells."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return AgentloomError(f"The server answered {status}", status=status, details=None)
    code, message = str(error.get("error_code", "")), str(error.get("message", ""))
    return AgentloomError(message, status=status, code=code, details=error.get("details"))


def unreachable(error: Exception) -> AgentloomError:
    """The error of a connection."""
    return AgentloomError(
        f"The server cannot be reached: {error}", code="unreachable", details=None
    )
