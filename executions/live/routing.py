"""WebSocket routes."""

from django.urls import URLPattern, path, re_path

from executions.live.consumers import ExecutionConsumer, NowhereConsumer

websocket_urlpatterns: list[URLPattern] = [
    path("ws/", ExecutionConsumer.as_asgi()),  # type: ignore[arg-type] # the stubs know only of views
    re_path("", NowhereConsumer.as_asgi()),  # type: ignore[arg-type] # as above
]
