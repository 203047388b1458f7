"""The API of templates: /api/templates …"""

from typing import ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.viewsets import ApiViewSet
from graphs import offering
from graphs.filters import TemplateFilter
from graphs.finding import governed_graph
from graphs.models import Audience, Graph, GraphQuerySet
from graphs.serializers import GraphSummarySerializer, ImportedSerializer, OfferSerializer


class TemplateViewSet(ListModelMixin, ApiViewSet):
    """Graphs that others offer to the caller."""

    queryset = Graph.objects.none()
    serializer_class = GraphSummarySerializer
    filterset_class = TemplateFilter
    scopes: ClassVar = {
        "list": Scope.READ_GRAPHS,
        "offer": Scope.WRITE_GRAPHS,
        "take": Scope.WRITE_GRAPHS,
    }

    def get_queryset(self) -> GraphQuerySet:
        """Those of their teams and of this installation, by name."""
        return Graph.objects.offered_to(self.request.user).with_active_version().by_name()

    @extend_schema(request=OfferSerializer, responses=GraphSummarySerializer)
    def offer(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Make a graph a template for its team, for everybody (operators only), or for nobody."""
        graph = governed_graph(request.user, graph_id)
        audience = Audience(self.read(OfferSerializer)["template_for"])
        offering.offer(graph, audience, by=request.user)
        row = Graph.objects.filter(pk=graph.pk).with_active_version().get()
        return Response(GraphSummarySerializer(row).data)

    @extend_schema(request=None, responses={201: ImportedSerializer})
    def take(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Make a graph of yours of the active version of a template, with the graphs that it runs."""
        graph = get_object_or_404(Graph.objects.offered_to(request.user), pk=graph_id)
        imported = offering.take(graph, request.user)
        return Response(ImportedSerializer(imported).data, status.HTTP_201_CREATED)
