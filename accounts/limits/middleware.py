"""Limits of the pages, and the headers that tell callers how they stand."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from accounts.errors import RateLimitedError
from accounts.limits import gate
from accounts.limits.addresses import address_of
from accounts.limits.gate import refusal_headers
from accounts.limits.rates import RouteClass, Standing
from accounts.limits.throttles import STANDING, class_of_method
from accounts.models import User

View = TypeVar("View", bound=Callable[..., Any])


def limited_as(route_class: RouteClass) -> Callable[[View], View]:
    """Say what it is to send this page something; pages that say nothing are written to."""

    def declare(view: View) -> View:
        view.route_class = route_class  # type: ignore[attr-defined]  # for the middleware
        return view

    return declare


class RateLimitMiddleware:
    """Counts requests for pages; those for the API are counted by its views, which know more of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        standing: Standing | None = request.META.get(STANDING)
        for name, value in (standing.headers if standing else {}).items():
            response.setdefault(name, value)  # a refusal has said it already
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *args: object
    ) -> HttpResponseBase | None:
        """None lets the request through."""
        if request.path_info.startswith("/api/"):
            return None
        try:
            request.META[STANDING] = _admit(request, view)
        except RateLimitedError as error:
            return self.process_exception(request, error)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page that says when to come back."""
        if not isinstance(error, RateLimitedError):
            return None
        answer = render(request, "429.html", {"wait": error.wait}, status=429)
        for name, value in refusal_headers(error).items():
            answer[name] = value
        return answer


def _admit(request: HttpRequest, view: Callable[..., Any]) -> Standing | None:
    route_class = class_of_method(request.method)
    if route_class == RouteClass.WRITE:
        route_class = getattr(view, "route_class", route_class)
    if route_class == RouteClass.AUTH or not isinstance(request.user, User):
        # A stranger who only looks is sent to the login, which costs next to nothing; elsewhere the view says more.
        is_counted = route_class != RouteClass.READ or hasattr(view, "route_class")
        return gate.admit(route_class, address_of(request.META)) if is_counted else None
    return gate.admit_user(route_class, request.user)
