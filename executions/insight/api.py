"""The API of what can be told of a graph: /api/graphs/{graph_id}/analysis"""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.viewsets import ApiViewSet
from executions.insight.estimates import analysis_of
from graphs.analysis import Analysis
from graphs.finding import visible_graph
from graphs.translating import translated


def _ids() -> serializers.ListField:
    """Node ids; a serializer keeps the fields that it is given, so each gets its own."""
    return serializers.ListField(child=serializers.CharField())


class AnalysisSerializer(serializers.Serializer[Analysis]):
    """The shape of the active version, and what it usually takes."""

    node_count = serializers.IntegerField(help_text="Notes do not count.")
    link_count = serializers.IntegerField()
    depth = serializers.IntegerField(help_text="Steps of the longest way.")
    parallel_branches = serializers.IntegerField(
        help_text="The most nodes that can run at the same time."
    )
    batches = serializers.ListField(child=_ids(), help_text="Node ids, step by step.")
    cycles = serializers.ListField(child=_ids(), help_text="Nodes that lead to one another.")
    bottlenecks = serializers.ListField(child=serializers.CharField())
    suggestions = serializers.SerializerMethodField()
    critical_path = serializers.ListField(child=serializers.CharField())
    estimated_seconds = serializers.FloatField(
        source="seconds",
        help_text="From the acceptance of a run to its end, in half of all runs at most: from the newest runs of the graph, else from "
        "what its blocks take elsewhere and the engine adds. What has never run counts as nothing.",
    )
    estimated_slow_seconds = serializers.FloatField(
        source="slow_seconds", help_text="The same, in nine of ten runs at most."
    )
    estimated_work_seconds = serializers.FloatField(
        source="total_seconds", help_text="Of all nodes."
    )
    estimated_cost = serializers.IntegerField(source="cost", help_text="Credits.")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_suggestions(self, found: Analysis) -> Any:
        """In the language of the request."""
        return [translated(each) for each in found.suggestions]


class AnalysisViewSet(ApiViewSet):
    """What can be told of a graph before it runs."""

    pagination_class = None
    filter_backends = ()
    scopes: ClassVar = {"retrieve": Scope.READ_GRAPHS}

    @extend_schema(responses=AnalysisSerializer)
    def retrieve(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Shape, bottlenecks, and from its newest runs how long it takes and what it costs."""
        graph = visible_graph(request.user, graph_id)
        drawing = graph.versions.get(is_active=True).load()
        return Response(AnalysisSerializer(analysis_of(graph, drawing)).data)
