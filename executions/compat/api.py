"""What differs from our own views: who calls, agent files, runs and their results (v1), schedules of a graph, presets of the library."""

from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.api import ApiKeyViewSet
from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.permissions import require_scope
from accounts.serializers import NewApiKeySerializer
from accounts.viewsets import ApiViewSet
from executions import services
from executions.compat.permissions import V1KeySerializer, V1PermissionsSerializer
from executions.compat.serializers import (
    MeSerializer,
    PresetChangeSerializer,
    PresetRunSerializer,
    V1PresetSerializer,
    V1ResultsSerializer,
    V1RunSerializer,
    V1ScheduleSerializer,
    V1StartedSerializer,
)
from executions.models import Execution, Source
from executions.serializers import MAX_NODES, ExecutionSerializer
from executions.triggers import presets, schedules
from executions.triggers.api import PresetViewSet, version_of
from executions.triggers.models import Preset
from executions.triggers.schedule_api import ScheduleViewSet
from executions.triggers.serializers import PresetSerializer, ScheduleSerializer
from graphs.api import made_of_file, wrapped_in
from graphs.finding import editable_graph
from graphs.serializers import JSON_FILE, GraphSerializer


class V1ViewSet(ApiViewSet):
    """The external API v1."""

    queryset = Execution.objects.none()
    scopes: ClassVar = {
        "me": Scope.IDENTITY,
        "create": Scope.WRITE_GRAPHS,
        "execute": Scope.RUN_GRAPHS,
        "results": Scope.READ_EXECUTIONS,
    }

    @extend_schema(responses=MeSerializer)
    def me(self, request: UserApiRequest) -> Response:
        """Who is calling."""
        return Response(MeSerializer(request.user).data)

    @extend_schema(request={"application/json": JSON_FILE}, responses={201: GraphSerializer})
    def create(self, request: UserApiRequest) -> Response:
        """Make a graph of what an agent file has, by itself or as `graph`; one of ours is taken, too."""
        return made_of_file(request, wrapped_in(request.data) or request.data)

    @extend_schema(request=V1RunSerializer, responses=V1StartedSerializer)
    def execute(self, request: UserApiRequest, graph_id: UUID, version: int) -> Response:
        """Start a run of a version."""
        execution = services.start_execution(
            version=version_of(request, graph_id, version),
            user=request.user,
            inputs=self.read(V1RunSerializer)["node_input"],
            source=Source.API,
        )
        return Response({"id": execution.pk})

    @extend_schema(responses=V1ResultsSerializer)
    def results(self, request: UserApiRequest, graph_id: UUID, pk: UUID) -> Response:
        """What a run gave, with its first thousand node executions."""
        runs = Execution.objects.visible_to(request.user).filter(graph_id=graph_id)
        execution: Any = get_object_or_404(runs, pk=pk)
        execution.shown_nodes = execution.node_executions.in_order()[:MAX_NODES]
        return Response(V1ResultsSerializer(execution).data)


class GraphScheduleViewSet(ScheduleViewSet):
    """Schedules below their graph."""

    def get_queryset(self) -> Any:
        """Those of the graph."""
        graph = editable_graph(self.request.user, self.kwargs["graph_id"])
        return super().get_queryset().filter(graph=graph)

    @extend_schema(request=V1ScheduleSerializer, responses={201: ScheduleSerializer})
    def create(self, request: UserApiRequest, graph_id: UUID) -> Response:  # type: ignore[override]  # the graph is in the address
        """Have runs of the graph start by a cron expression."""
        require_scope(request, Scope.RUN_GRAPHS)
        editable_graph(request.user, graph_id)
        body = self.read(V1ScheduleSerializer)
        number = body.pop("graph_version", None)
        body["credentials_inputs"] = body.pop("credentials")
        body["timezone"] = body.get("timezone") or request.user.timezone
        schedule = schedules.create_schedule(
            user=request.user,
            version=version_of(request, graph_id, number),
            is_pinned=number is not None,
            values={"kind": "cron", **body},
        )
        return self.answer(schedule, status.HTTP_201_CREATED)


class V1KeyViewSet(ApiKeyViewSet):
    """API keys, whose permissions may have their names there."""

    @extend_schema(request=V1KeySerializer, responses={201: NewApiKeySerializer})
    def create(self, request: UserApiRequest) -> Response:
        """Make a key. Its text, `key`, is shown this once."""
        wanted = self.read(V1KeySerializer)
        del wanted["description"]
        return self.issued(wanted)

    @extend_schema(request=V1PermissionsSerializer)
    def permissions(self, request: UserApiRequest, pk: UUID) -> Response:
        """Change what a key may be used for."""
        return self.permitted(self.read(V1PermissionsSerializer)["permissions"])


class LibraryPresetViewSet(PresetViewSet):
    """Presets as the library has them."""

    scopes: ClassVar = PresetViewSet.scopes | {
        "change": Scope.WRITE_TRIGGERS,
        "execute": Scope.RUN_GRAPHS,
    }

    @extend_schema(request=V1PresetSerializer, responses={201: PresetSerializer})
    def create(self, request: UserApiRequest) -> Response:
        """Save inputs and credentials for runs of a graph."""
        body = self.read(V1PresetSerializer)
        preset = presets.create_preset(
            user=request.user,
            version=version_of(request, body["graph_id"], body.get("graph_version")),
            name=body["name"],
            inputs=body["inputs"],
            credentials_inputs=body["credentials"],
        )
        return Response(PresetSerializer(preset).data, status.HTTP_201_CREATED)

    @extend_schema(request=PresetChangeSerializer, responses=PresetSerializer)
    def change(self, request: UserApiRequest, pk: UUID) -> Response:
        """Change what is given."""
        preset: Preset = self.get_object()
        body = self.read(PresetChangeSerializer)
        presets.change_preset(
            preset,
            version_of(request, preset.graph_id),
            name=body.get("name", preset.name),
            inputs=body.get("inputs", preset.inputs),
            credentials_inputs=body.get("credentials", preset.credentials_inputs),
        )
        return Response(PresetSerializer(preset).data)

    @extend_schema(request=PresetRunSerializer, responses=ExecutionSerializer)
    def execute(self, request: UserApiRequest, pk: UUID) -> Response:
        """Start a run with it; what is given counts more."""
        preset: Preset = self.get_object()
        body = self.read(PresetRunSerializer)
        body["credentials_inputs"] = body.pop("credential_inputs")
        execution = services.start_execution(
            version=version_of(request, preset.graph_id),
            user=request.user,
            source=Source.PRESET,
            **presets.merged(preset, body),
        )
        return Response(ExecutionSerializer(execution).data)
