"""The API of schedules: /api/schedules …"""

import functools
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.permissions import require_scope
from executions.serializers import ExecutionSerializer
from executions.triggers import schedules, timers
from executions.triggers.api import TriggerViewSet
from executions.triggers.models import Schedule, Tick
from executions.triggers.serializers import (
    NewScheduleSerializer,
    ScheduleFieldsSerializer,
    ScheduleSerializer,
    TickSerializer,
)
from graphs.models import GraphVersion


class ScheduleViewSet(TriggerViewSet):
    """The caller's schedules. Who makes one runs the graph, so that permission is needed, too."""

    queryset = Schedule.objects.none()
    serializer_class = ScheduleSerializer
    scopes: ClassVar = {
        **TriggerViewSet.scopes,
        "history": Scope.READ_TRIGGERS,
        "run": Scope.RUN_GRAPHS,
    }

    def get_serializer_context(self) -> dict[str, Any]:
        """With what tells, once asked, the moment from which the next due times count."""
        return {**super().get_serializer_context(), "now": functools.cache(schedules.now)}

    @extend_schema(request=NewScheduleSerializer, responses={201: ScheduleSerializer})
    def create(self, request: UserApiRequest) -> Response:
        """Have runs of a graph start at their times."""
        require_scope(request, Scope.RUN_GRAPHS)
        body = self.read(NewScheduleSerializer)
        schedule = schedules.create_schedule(
            user=request.user,
            **self.version_in(body, body.pop("graph_id")),
            values={"timezone": request.user.timezone, **body},
        )
        return self.answer(schedule, status.HTTP_201_CREATED)

    @extend_schema(request=ScheduleFieldsSerializer, responses=ScheduleSerializer)
    def update(self, request: UserApiRequest, pk: UUID) -> Response:
        """Replace what a schedule does, from now on."""
        require_scope(request, Scope.RUN_GRAPHS)
        schedule: Schedule = self.get_object()
        body = self.read(ScheduleFieldsSerializer)
        version = self.version_in(body, schedule.graph_id)
        return self.answer(schedules.change_schedule(schedule, **version, values=body))

    def set_paused(self, trigger: Schedule, is_paused: bool) -> Schedule:
        """What would have been due meanwhile is left out."""
        return schedules.set_paused(trigger, is_paused)

    @extend_schema(request=None, responses=ExecutionSerializer)
    def run(self, request: UserApiRequest, pk: UUID) -> Response:
        """Start a run now, beside the due times."""
        try:
            execution = timers.run_now(self.get_object())
        except GraphVersion.DoesNotExist:
            raise Http404 from None
        return Response(ExecutionSerializer(execution).data)

    @extend_schema(responses=TickSerializer(many=True), filters=False)
    def history(self, request: UserApiRequest, pk: UUID) -> Response:
        """The due times that have passed, newest first, and what came of them."""
        ticks = Tick.objects.filter(schedule=self.get_object()).newest_first()
        page = self.paginate_queryset(ticks)
        return self.get_paginated_response(TickSerializer(page, many=True).data)
