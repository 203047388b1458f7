"""Who may open a WebSocket from where."""

from typing import Any

from channels.security.websocket import AllowedHostsOriginValidator


class OriginValidator:
    """Pages of other sites are refused. Programs send no origin; they are let in, but not by a cookie."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._validated = AllowedHostsOriginValidator(application)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        names = {name for name, _value in scope["headers"]}
        if b"origin" in names:
            await self._validated(scope, receive, send)  # type: ignore[arg-type]  # a plain ASGI scope
            return
        headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
        await self._application({**scope, "headers": headers}, receive, send)
