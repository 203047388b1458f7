"""What every request gets."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

from accounts.limits.addresses import shown_address
from accounts.requests import RequestFacts, current_request

_LONGEST_AGENT = 200


class RequestIdMiddleware:
    """Gives each request an id, and tells it to the client, so that a complaint can be found in the logs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["REQUEST_ID"] = request_id = uuid.uuid4().hex
        agent = request.META.get("HTTP_USER_AGENT", "")[:_LONGEST_AGENT]
        facts = RequestFacts(request_id, shown_address(request.META), agent)
        token = current_request.set(facts)
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        try:
            response = self.get_response(request)
        finally:
            clear_contextvars()
            current_request.reset(token)
        response["X-Request-ID"] = request_id
        return response


class PrivateMiddleware:
    """What is made for one person is kept by no browser and no proxy, unless a view says how."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "private, no-store")
        return response
