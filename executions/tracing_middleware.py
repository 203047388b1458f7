"""A span for each request, in the trace of whoever sends it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from executions import tracing


class TracingMiddleware:
    """Is there only when traces are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        parent = request.headers.get("traceparent", "")
        with tracing.span(
            f"{request.method} request", parent, request_id=request.META["REQUEST_ID"]
        ) as span:
            response = self.get_response(request)
            if request.resolver_match:
                span.update_name(f"{request.method} /{request.resolver_match.route}")
            span.set_attribute("http.response.status_code", response.status_code)
        return response
