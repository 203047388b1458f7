"""WebSocket routes."""

from django.urls import path

from executions.consumers import ExecutionConsumer

websocket_urlpatterns = [
    path("ws/", ExecutionConsumer.as_asgi()),  # type: ignore[arg-type] # the stubs know only of views
]
