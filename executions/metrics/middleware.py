"""Counts the requests that this process answers."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from executions import measuring
from executions.metrics import reporting
from executions.models import Process

_UNCOUNTED = {"healthz", "readyz", "metrics"}
_UNKNOWN = "unknown"  # no address of ours: a name for each would never end
_METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}


class MetricsMiddleware:
    """By the pattern of their address, so that ids make no new lines."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reporting.start(Process.Kind.WEB)
        began = time.perf_counter()
        response = self.get_response(request)
        endpoint = request.resolver_match.route if request.resolver_match else _UNKNOWN
        if endpoint not in _UNCOUNTED:
            measure = "api_requests" if request.path_info.startswith("/api/") else "page_requests"
            method = request.method if request.method in _METHODS else _UNKNOWN
            measuring.count(
                *(measure, str(method), f"/{endpoint}", str(response.status_code)),
                seconds=time.perf_counter() - began,
            )
        return response
