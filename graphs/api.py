"""The API of graphs and their versions: /api/graphs …"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ParseError
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.permissions import require_scope
from accounts.teams.finding import team_to_share_with
from accounts.teams.serializers import ShareSerializer
from accounts.viewsets import ApiViewSet
from graphs import bundles, documents, files, filing, services
from graphs.bundles import Imported
from graphs.documents import GraphDocument
from graphs.errors import StaleVersionError, VersionConflictError
from graphs.filters import GraphFilter
from graphs.finding import (
    editable_graph,
    editable_version,
    governed_graph,
    visible_graph,
    visible_version,
)
from graphs.formats import reading
from graphs.models import Graph, GraphQuerySet, GraphVersion
from graphs.serializers import (
    GRAPH_OR_FILE,
    ActiveVersionSerializer,
    GraphQuerySerializer,
    GraphSerializer,
    GraphSummarySerializer,
    ListedGraphSerializer,
    VersionSummarySerializer,
)

NEWEST_VERSIONS = 50
_ETAG = re.compile(r'"(\d{1,9})"')
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` that you edited; the answer is 412 when a newer version exists.",
)


class GraphViewSet(ListModelMixin, ApiViewSet):
    """The caller's graphs."""

    queryset = Graph.objects.none()
    serializer_class = ListedGraphSerializer
    filterset_class = GraphFilter
    scopes: ClassVar = {
        "list": Scope.READ_GRAPHS,
        "create": Scope.WRITE_GRAPHS,
        "retrieve": Scope.READ_GRAPHS,
        "update": Scope.WRITE_GRAPHS,
        "destroy": Scope.WRITE_GRAPHS,
        "share": Scope.WRITE_GRAPHS,
    }

    def get_queryset(self) -> GraphQuerySet:
        """Theirs and their teams', newest first."""
        graphs = Graph.objects.visible_to(self.request.user).with_active_version().newest_first()
        return filing.with_tags(graphs, self.request.user)

    @extend_schema(request=GraphDocument, responses={201: GraphSerializer})
    def create(self, request: UserApiRequest) -> Response:
        """Make a graph with its first version; also of `{"graph": agent file}`, as AutoGPT's clients send it."""
        file = wrapped_in(request.data)
        if file:
            return made_of_file(request, file)
        document = documents.parse(request.data)
        version = services.create_graph(
            owner=request.user,
            name=document.name,
            description=document.description,
            drawing=document.drawing(),
        )
        return answer(version, status.HTTP_201_CREATED)

    @extend_schema(parameters=[GraphQuerySerializer], responses={200: GRAPH_OR_FILE})
    def retrieve(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """A version, the active one unless another is named. `ETag` names the newest one, for `If-Match`."""
        query = GraphQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        version = visible_version(request.user, graph_id, query.validated_data.get("version"))
        if query.validated_data["for_export"]:
            record(Action.EXPORT, actor=request.user, target=f"graph {graph_id}")
            return Response(files.file_of(version, "autogpt", request.user))
        return answer(version)

    @extend_schema(request=GraphDocument, responses=GraphSerializer, parameters=[IF_MATCH])
    def update(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Save the next version, which becomes the active one; older ones stay as they are."""
        document = documents.parse(request.data)
        try:
            version = services.save_version(
                graph=editable_graph(request.user, graph_id),
                name=document.name,
                description=document.description,
                drawing=document.drawing(),
                base_version=_base_version(request),
                message=document.message,
            )
        except VersionConflictError as error:
            raise StaleVersionError(str(error)) from error
        return answer(version)

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Delete a graph. Runs that are on their way go on, and stay in the list of runs."""
        services.delete_graph(governed_graph(request.user, graph_id), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=ShareSerializer, responses=GraphSummarySerializer)
    def share(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Share it with a team that its owner is in, or with none. 403 for a team in which the caller may not edit."""
        graph = governed_graph(request.user, graph_id)
        team = team_to_share_with(request.user, self.read(ShareSerializer)["team_id"])
        services.share_graph(graph, team, by=request.user)
        # Whoever has withdrawn it from a team may no longer see it.
        row = Graph.objects.filter(pk=graph.pk).with_active_version().get()
        return Response(GraphSummarySerializer(row).data)


class VersionViewSet(ApiViewSet):
    """The versions of one graph."""

    pagination_class = None
    filter_backends = ()
    scopes: ClassVar = {
        "list": Scope.READ_GRAPHS,
        "retrieve": Scope.READ_GRAPHS,
        "activate": Scope.WRITE_GRAPHS,
    }

    @extend_schema(responses=VersionSummarySerializer(many=True))
    def list(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """The newest 50, without their drawings."""
        graph = visible_graph(request.user, graph_id)
        newest = graph.versions.select_related("graph").newest_first()[:NEWEST_VERSIONS]
        return Response(VersionSummarySerializer(newest, many=True).data)

    @extend_schema(responses=GraphSerializer)
    def retrieve(self, request: UserApiRequest, graph_id: UUID, version: int) -> Response:
        """One version with its drawing."""
        return answer(visible_version(request.user, graph_id, version))

    @extend_schema(request=ActiveVersionSerializer, responses=VersionSummarySerializer)
    def activate(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Choose the version that runs when none is named."""
        number = self.read(ActiveVersionSerializer)["active_graph_version"]
        version = editable_version(request.user, graph_id, number)
        services.activate_version(version)
        return Response(VersionSummarySerializer(version).data)


def answer(version: GraphVersion, code: int = status.HTTP_200_OK) -> Response:
    """The whole version; `ETag` names the newest one of its graph."""
    newest = version.graph.versions.newest_first().values_list("version", flat=True)[0]
    return Response(GraphSerializer(version).data, code, headers={"ETag": f'"{newest}"'})


def wrapped_in(body: Any) -> Mapping[str, Any] | None:
    """The file in a body that has one as `graph`."""
    file = body.get("graph") if isinstance(body, Mapping) else None
    return file if isinstance(file, Mapping) else None


def made_of_file(request: UserApiRequest, file: Any) -> Response:
    """The graph of a file, of whatever format. Raises as `taken_in` does."""
    return answer(taken_in(request, file).version, status.HTTP_201_CREATED)


def taken_in(request: UserApiRequest, file: Any) -> Imported:
    """What a file has become. Raises `FormatError` and `InvalidGraphError`, and refuses keys that may not make what goes along."""
    bundle = reading.read(file)
    if any(bundle.along.values()):
        require_scope(request, Scope.WRITE_TRIGGERS, Scope.RUN_GRAPHS)
    return bundles.save(request.user, bundle)


def _base_version(request: UserApiRequest) -> int | None:
    """The version that the client edited; None when it does not say. Raises `ParseError`."""
    header = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    match = _ETAG.fullmatch(header)
    if match is None:
        raise ParseError(_('If-Match must be the ETag of the graph, such as "3"'))
    return int(match[1])
