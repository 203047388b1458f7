"""Lets django-allauth, which speaks with `requests`, out by the one HTTP client of the product."""

from functools import cache
from io import BytesIO
from typing import Any

from django.conf import settings
from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter
from requests.exceptions import ConnectionError as UnreachableError
from requests.structures import CaseInsensitiveDict

from accounts.identity.providers import hosts
from blocks.adapters.http import GuardedHttp
from blocks.base import BlockError

__all__ = ["UnreachableError", "session"]

_TIMEOUT = 10.0  # seconds
_OWN = {"content-length", "accept-encoding", "connection", "host"}  # the client writes these itself


def session() -> Session:
    """A session that refuses private addresses, but for the sites that the operator has named."""
    made = Session()
    made.trust_env = False
    for scheme in ("http://", "https://"):
        made.mount(scheme, _Guarded())
    return made


@cache
def _http() -> GuardedHttp:
    named = hosts(settings.SOCIALACCOUNT_PROVIDERS)
    return GuardedHttp(allowed_hosts=[*settings.OUTBOUND_ALLOWED_HOSTS, *named])


class _Guarded(BaseAdapter):
    """Sends by the product's client, which follows redirects itself."""

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """The answer. Raises `UnreachableError`."""
        headers = {k: str(v) for k, v in request.headers.items() if k.lower() not in _OWN}
        body = request.body.encode() if isinstance(request.body, str) else request.body
        try:
            reply = _http().request(
                str(request.method),
                str(request.url),
                headers=headers,
                content=body,  # type: ignore[arg-type]  # django-allauth streams nothing
                timeout=_TIMEOUT,
            )
        except BlockError as error:
            raise UnreachableError(str(error), request=request) from error
        response = Response()
        response.status_code, response.url, response.request = reply.status, reply.url, request
        response.headers = CaseInsensitiveDict(reply.headers)
        response.raw = BytesIO(reply.body)
        return response

    def close(self) -> None:
        """Nothing is open between two requests."""
