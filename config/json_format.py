"""JSON in and out of the API."""

from collections.abc import Iterable, Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from graphs import json_text


class BodyTooLargeError(Exception):
    """The request's body is larger than `MAX_BODY_BYTES`."""

    def __init__(self) -> None:
        super().__init__(
            _("A request may have %(count)s bytes at most")
            % {"count": f"{settings.MAX_BODY_BYTES:,}"}
        )


class Parser(BaseParser):
    """Reads a body as strict JSON, see `graphs.json_text`."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Raises `BodyTooLargeError` before all of it is read, and `JsonError`."""
        body = stream.read(settings.MAX_BODY_BYTES + 1)
        if len(body) > settings.MAX_BODY_BYTES:
            raise BodyTooLargeError
        return json_text.read(body)


class Renderer(BaseRenderer):
    """Writes answers; values of the engine and rows of the drawing go out as they are."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """The body; none for an answer without content."""
        response = (renderer_context or {}).get("response")
        if response is not None and response.status_code == status.HTTP_204_NO_CONTENT:
            return b""
        return dump(data)


class Negotiation(DefaultContentNegotiation):
    """Gives who takes anything, as programs do, the first renderer, without weighing them."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Raises `NotAcceptable`."""
        if request.META.get("HTTP_ACCEPT", "*/*") == "*/*" and not request.query_params:
            first = next(iter(renderers))
            return first, first.media_type
        chosen: tuple[BaseRenderer, str] = super().select_renderer(
            request, renderers, format_suffix
        )
        return chosen


def dump(data: Any) -> bytes:
    """JSON of an answer."""
    return orjson.dumps(data, default=_plain, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z)


def _plain(value: Any) -> str:
    if isinstance(value, Promise):  # a text that is translated when it is shown
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
