"""The event log of a run as server-sent events (WHATWG HTML, 9.2)."""

import time
from collections.abc import AsyncIterator
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from accounts.callers import Caller
from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.viewsets import ApiViewSet
from executions.live import following, watching
from executions.live.watching import EventRow
from executions.models import Execution

LONGEST = 600.0  # seconds; the client comes back, and is asked again who it is
MEDIA_TYPE = "text/event-stream"
LAST_EVENT = OpenApiParameter(
    "Last-Event-ID", int, OpenApiParameter.HEADER, description="As `after_seq`; browsers send it."
)


class PlaceSerializer(serializers.Serializer[Any]):
    """Where a stream begins."""

    after_seq = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, default=0, help_text="The last event that you have."
    )


class EventStreamRenderer(BaseRenderer):
    """Lets clients ask for the type; only refusals are rendered by it, as everywhere."""

    media_type = MEDIA_TYPE
    format = "events"
    charset = None
    render_style = "binary"

    def render(self, data: Any, *context: Any) -> Any:
        """The JSON of a refusal."""
        [usual, *_] = ApiViewSet.renderer_classes
        return usual().render(data, *context)


class EventStreamViewSet(ApiViewSet):
    """Following a run."""

    renderer_classes = (*ApiViewSet.renderer_classes, EventStreamRenderer)
    scopes: ClassVar = {"stream": Scope.READ_EXECUTIONS}

    def handle_exception(self, exc: Exception) -> Response:
        """A refusal is JSON, whatever was asked for."""
        answer: Response = super().handle_exception(exc)
        answer.content_type = "application/json"
        return answer

    @extend_schema(
        parameters=[PlaceSerializer, LAST_EVENT],
        responses={(200, MEDIA_TYPE): OpenApiTypes.STR, 204: None},
    )
    def stream(self, request: UserApiRequest, pk: UUID) -> HttpResponseBase:
        """The events of a run, from its log and then as they come; 204 when its end was told already."""
        place = PlaceSerializer(data={**request.query_params.dict(), **_last_event(request)})
        place.is_valid(raise_exception=True)
        execution = get_object_or_404(Execution.objects.visible_to(request.user), pk=pk)
        after_seq = place.validated_data["after_seq"]
        if execution.has_ended and after_seq >= execution.event_seq:
            return HttpResponse(status=204)  # a browser would else come back for ever
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingHttpResponse(
            _lines(Caller.of(request), pk, after_seq), content_type=MEDIA_TYPE, headers=headers
        )


def _last_event(request: UserApiRequest) -> dict[str, str]:
    given = request.headers.get("Last-Event-ID")
    return {"after_seq": given} if given else {}


async def _lines(caller: Caller, execution_id: UUID, after_seq: int) -> AsyncIterator[str]:
    """The events, as long as the caller may look at the run."""
    checked_at = time.monotonic()
    async for row in following.follow(execution_id, after_seq=after_seq, seconds=LONGEST):
        if time.monotonic() - checked_at > watching.CHECK_EVERY:
            if not await watching.may_watch(caller, execution_id):
                return
            checked_at = time.monotonic()
        yield _line(row) if row else ": nothing new\n\n"


def _line(row: EventRow) -> str:
    return f"id: {row['seq']}\nevent: {row['kind']}\ndata: {row['data']}\n\n"
