"""What the server says."""

from typing import Any

import httpx2

from agentloom_client.errors import refusal


def body_of(answer: httpx2.Response) -> Any:
    """What the server says. Raises `AgentloomError` for a refusal."""
    is_json = answer.headers.get("content-type", "").startswith("application/json")
    body = answer.json() if is_json and answer.content else None
    if answer.status_code >= 400:
        raise refusal(answer.status_code, body)
    return body
