"""Requests whose user is known to be one of ours."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from accounts.models import User


class UserRequest(HttpRequest):
    """What a page gets behind `login_required`."""

    user: User
    htmx: HtmxDetails


class UserApiRequest(Request):
    """What a view of the API gets behind `HasScope`."""

    user: User


def query_of(request: HttpRequest) -> dict[str, str]:
    """The parameters of the address, without the NUL characters that the database refuses."""
    return {name: str(value).replace("\0", "") for name, value in request.GET.items()}
