"""Files of graphs over the API, and where graphs are used."""

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.viewsets import ApiViewSet
from graphs import files, uses
from graphs.api import taken_in
from graphs.finding import visible_graph, visible_version
from graphs.serializers import (
    JSON_FILE,
    ExportQuerySerializer,
    GraphSerializer,
    ImportedSerializer,
    UsesSerializer,
)


class GraphFileViewSet(ApiViewSet):
    """Export, import, and which graphs run which."""

    serializer_class = GraphSerializer
    scopes: ClassVar = {
        "export": Scope.READ_GRAPHS,
        "take_in": Scope.WRITE_GRAPHS,
        "uses": Scope.READ_GRAPHS,
    }

    @extend_schema(
        parameters=[ExportQuerySerializer], responses={200: JSON_FILE}, operation_id="graphs_export"
    )
    def export(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """A graph as a file, with the graphs that it runs and what you keep for it; it holds no secrets."""
        query = ExportQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        version = visible_version(request.user, graph_id, query.validated_data.get("version"))
        record(Action.EXPORT, actor=request.user, target=f"graph {graph_id}")
        return Response(files.file_of(version, query.validated_data["as"], request.user))

    @extend_schema(request={"application/json": JSON_FILE}, responses={201: ImportedSerializer})
    def take_in(self, request: UserApiRequest) -> Response:
        """Make a graph of a file: one of ours, an agent of AutoGPT, or a workflow of n8n."""
        imported = taken_in(request, request.data)
        return Response(ImportedSerializer(imported).data, status.HTTP_201_CREATED)

    @extend_schema(responses=UsesSerializer)
    def uses(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Which graphs run this one, which it runs, and how deep that goes."""
        graph = visible_graph(request.user, graph_id)
        return Response(UsesSerializer(uses.uses_of(graph, request.user)).data)
