"""The API of runs: /api/executions …, and whatever runs or is charged below /api/graphs and /api/blocks."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from asgiref.sync import async_to_sync
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ParseError
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from accounts.authentication import SessionAuthentication
from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.viewsets import ApiViewSet, shared
from blocks import registry
from executions import following, services
from executions.explaining import explain
from executions.filters import ExecutionFilter
from executions.models import Execution, ExecutionQuerySet, Source
from executions.serializers import (
    JSON_OBJECT,
    VALUES_BY_NAME,
    AnswerSerializer,
    ExecuteSerializer,
    ExecutionDetailSerializer,
    ExecutionSerializer,
    ExecutionSummarySerializer,
    PageSerializer,
    ResultsSerializer,
    WaitSerializer,
    WhySerializer,
)
from executions.triggers import idempotency
from graphs.models import Graph, GraphVersion

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same key gets the same run for 24 hours.",
)
PRESET = OpenApiParameter("preset_id", str, description="As in the body.")


class ExecutionViewSet(ListModelMixin, ApiViewSet):
    """The caller's runs; below a graph, its runs."""

    queryset = Execution.objects.none()
    serializer_class = ExecutionSummarySerializer
    filterset_class = ExecutionFilter
    scopes: ClassVar = {
        "list": Scope.READ_EXECUTIONS,
        "retrieve": Scope.READ_EXECUTIONS,
        "results": Scope.READ_EXECUTIONS,
        "why": Scope.READ_EXECUTIONS,
        "answer": Scope.RUN_GRAPHS,
        "destroy": Scope.STOP_EXECUTIONS,
        "stop": Scope.STOP_EXECUTIONS,
    }

    def get_queryset(self) -> ExecutionQuerySet:
        """Their own, newest first."""
        if "graph_id" not in self.kwargs:
            runs = Execution.objects.all()
        else:
            graphs = Graph.objects.owned_by(self.request.user)
            runs = get_object_or_404(graphs, pk=self.kwargs["graph_id"]).executions.all()
        return runs.owned_by(self.request.user).for_lists().newest_first()

    @extend_schema(parameters=[PageSerializer], responses=ExecutionDetailSerializer)
    def retrieve(self, request: UserApiRequest, **place: UUID) -> Response:
        """A run with its node executions."""
        return self._page(ExecutionDetailSerializer, place)

    @extend_schema(parameters=[PageSerializer], responses=ResultsSerializer)
    def results(self, request: UserApiRequest, **place: UUID) -> Response:
        """What a run gave, as a whole and node by node."""
        return self._page(ResultsSerializer, place)

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, **place: UUID) -> Response:
        """Delete a run that has ended."""
        services.delete_execution(self._find(place))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        request=None,
        responses={200: {"oneOf": [{"$ref": "#/components/schemas/Execution"}, {"type": "null"}]}},
    )
    def stop(self, request: UserApiRequest, **place: UUID) -> Response:
        """Stop a run: none of its nodes starts any more. The answer is null when it had ended before."""
        stopped = services.stop(self._find(place))
        return Response(None if stopped is None else ExecutionSerializer(stopped).data)

    @extend_schema(responses=WhySerializer)
    def why(self, request: UserApiRequest, pk: UUID, node_id: str) -> Response:
        """Why a node of the graph ran, waits, or did not run in this run."""
        try:
            reasons = explain(self._find({"pk": pk}), node_id)
        except KeyError:
            raise Http404 from None
        return Response(WhySerializer({"node_id": node_id, "reasons": reasons}).data)

    @extend_schema(request=AnswerSerializer, responses={204: None})
    def answer(self, request: UserApiRequest, pk: UUID, node_execution_id: UUID) -> Response:
        """Decide for a node that waits for a person."""
        nodes = self._find({"pk": pk}).node_executions.all()
        services.answer(get_object_or_404(nodes, pk=node_execution_id), self.read(AnswerSerializer))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _find(self, place: dict[str, UUID]) -> Execution:
        runs = Execution.objects.owned_by(self.request.user).select_related("version")
        return get_object_or_404(runs, **place)

    def _page(self, serializer_class: type[Any], place: dict[str, UUID]) -> Response:
        page = PageSerializer(data=self.request.query_params)
        page.is_valid(raise_exception=True)
        return Response(serializer_class(self._find(place), context={"page": page}).data)


class ExecuteViewSet(ApiViewSet):
    """Starting runs of a graph."""

    scopes: ClassVar = {"execute": Scope.RUN_GRAPHS}

    @extend_schema(
        request=ExecuteSerializer,
        responses={200: ExecutionSerializer, 202: ExecutionSerializer},
        parameters=[PRESET, IDEMPOTENCY_KEY, WaitSerializer],
    )
    def execute(
        self, request: UserApiRequest, graph_id: UUID, version: int | None = None
    ) -> Response:
        """Start a run of the active version, or of the one in the address.

        With `wait` the answer comes when the run has ended; 202 when it has not in that time.
        """
        body = self.read(ExecuteSerializer)
        shared(ExecuteSerializer).validate_preset_id(request.query_params.get("preset_id"))
        seconds = shared(WaitSerializer).run_validation(request.query_params.dict()).get("wait")
        start = partial(
            services.start_execution,
            version=_version_of(request, graph_id, version),
            user=request.user,
            inputs=body["inputs"],
            credentials_inputs=body["credentials_inputs"],
            source=_source(request.successful_authenticator),
        )
        execution, headers = _start_once(request, (graph_id, version, body), start)
        if seconds is not None:
            async_to_sync(following.wait_for_end)(execution.pk, seconds)
            execution.refresh_from_db()
        is_late = seconds is not None and not execution.has_ended
        data = shared(ExecutionSerializer).to_representation(execution)
        return Response(data, status=202 if is_late else 200, headers=headers)


class BlockExecuteViewSet(ApiViewSet):
    """Running a single block."""

    scopes: ClassVar = {"execute": Scope.RUN_BLOCKS}

    @extend_schema(request={"application/json": JSON_OBJECT}, responses={200: VALUES_BY_NAME})
    def execute(self, request: UserApiRequest, block_id: str) -> Response:
        """Run a block now. The body holds its inputs; it is charged and guarded as a node is."""
        block = registry.find(block_id)
        if block is None:
            raise Http404
        if not isinstance(request.data, dict):
            raise ParseError("The body must be an object with the inputs of the block")
        return Response(services.run_block(block=block, user=request.user, inputs=request.data))


def _start_once(
    request: UserApiRequest, asked: tuple[object, ...], start: Callable[[], Execution]
) -> tuple[Execution, dict[str, str]]:
    """The run and headers of the answer; a request whose key was used gets the run that it got before."""
    key = request.headers.get(IDEMPOTENCY_KEY.name)
    if key is None:
        return start(), {}
    execution, is_repeat = idempotency.start_once(
        request.user, key, idempotency.fingerprint_of(*asked), start
    )
    return execution, {"Idempotent-Replayed": "true"} if is_repeat else {}


def _version_of(request: UserApiRequest, graph_id: UUID, number: int | None) -> GraphVersion:
    try:
        return GraphVersion.objects.runnable(request.user, graph_id, number)
    except GraphVersion.DoesNotExist:
        raise Http404 from None


def _source(authenticator: object) -> Source:
    return Source.UI if isinstance(authenticator, SessionAuthentication) else Source.API
