"""The API of runs: /api/executions …, and whatever runs or is charged below /api/graphs and /api/blocks."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from asgiref.sync import async_to_sync
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ParseError
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from accounts.authentication import SessionAuthentication
from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.teams.finding import find
from accounts.viewsets import ApiViewSet, shared
from blocks import registry
from executions import services
from executions.explaining import explain
from executions.filters import ExecutionFilter
from executions.inbox import services as inbox
from executions.live import following
from executions.models import Execution, ExecutionQuerySet, Source
from executions.replays import pinning
from executions.serializers import (
    JSON_OBJECT,
    VALUES_BY_NAME,
    AnswerSerializer,
    ExecuteQuerySerializer,
    ExecuteSerializer,
    ExecutionDetailSerializer,
    ExecutionSerializer,
    ExecutionSummarySerializer,
    PageSerializer,
    ResultsSerializer,
    WhySerializer,
)
from executions.triggers import idempotency, presets
from executions.triggers.api import version_of
from executions.triggers.models import Preset
from graphs.finding import visible_graph

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same key gets the same run for 24 hours.",
)


class ExecutionViewSet(ListModelMixin, ApiViewSet):
    """The caller's runs; below a graph, its runs, whoever has started them."""

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
        """Those that they have started; below a graph, everybody's. Newest first."""
        runs = Execution.objects.owned_by(self.request.user)
        if "graph_id" in self.kwargs:
            runs = Execution.objects.of(visible_graph(self.request.user, self.kwargs["graph_id"]))
        return runs.for_lists().newest_first()

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
        services.delete_execution(self._find_own(place))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        request=None,
        responses={200: {"oneOf": [{"$ref": "#/components/schemas/Execution"}, {"type": "null"}]}},
    )
    def stop(self, request: UserApiRequest, **place: UUID) -> Response:
        """Stop a run: none of its nodes starts any more. The answer is null when it had ended before."""
        stopped = services.stop(self._find_own(place))
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
        nodes = self._find_own({"pk": pk}).node_executions.all()
        firing = get_object_or_404(nodes, pk=node_execution_id)
        inbox.answer(firing, request.user, self.read(AnswerSerializer))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _find(self, place: dict[str, UUID]) -> Execution:
        """To look at."""
        runs = Execution.objects.visible_to(self.request.user).select_related("version")
        return get_object_or_404(runs, **place)

    def _find_own(self, place: dict[str, UUID]) -> Execution:
        """To do something with: it belongs to who has started it."""
        runs, user = Execution.objects.select_related("version"), self.request.user
        return find(runs.owned_by(user), runs.visible_to(user), **place)

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
        parameters=[IDEMPOTENCY_KEY, ExecuteQuerySerializer],
    )
    def execute(
        self, request: UserApiRequest, graph_id: UUID, version: int | None = None
    ) -> Response:
        """Start a run of the active version, or of the one in the address.

        With `wait` the answer comes when the run has ended; 202 when it has not in that time.
        """
        body = self.read(ExecuteSerializer)
        query = shared(ExecuteQuerySerializer).run_validation(request.query_params.dict())
        preset_id = query.get("preset_id") or body.get("preset_id")
        preset = _preset_of(request, graph_id, preset_id) if preset_id else None
        found = version_of(request, graph_id, version)
        start = partial(
            services.start_execution,
            version=found,
            user=request.user,
            source=_source(request.successful_authenticator),
            input_masks=body["nodes_input_masks"],
            recording=pinning.recording_of(found, body["pinned_outputs"]),
            **presets.merged(preset, body),
        )
        asked = (graph_id, version, preset_id, body)
        execution, headers = _start_once(request, asked, start)
        seconds = query.get("wait")
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
            raise ParseError(_("The body must be an object with the inputs of the block"))
        return Response(services.run_block(block=block, user=request.user, inputs=request.data))


def _preset_of(request: UserApiRequest, graph_id: UUID, preset_id: UUID) -> Preset:
    of_graph = Preset.objects.owned_by(request.user).filter(graph_id=graph_id)
    return get_object_or_404(of_graph, pk=preset_id)


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


def _source(authenticator: object) -> Source:
    return Source.UI if isinstance(authenticator, SessionAuthentication) else Source.API
