"""The API of where somebody keeps a graph: /api/graphs/{graph_id}/filing"""

from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.serializers import StrictSerializer
from accounts.viewsets import ApiViewSet
from graphs import filing
from graphs.finding import visible_graph
from graphs.models.filings import LONGEST_FOLDER, LONGEST_TAG, MOST_TAGS


class FilingSerializer(StrictSerializer):
    """Where somebody keeps a graph in their own list; what is not given stays."""

    is_favourite = serializers.BooleanField(required=False)
    is_archived = serializers.BooleanField(required=False)
    folder = serializers.CharField(
        max_length=LONGEST_FOLDER, allow_blank=True, required=False, help_text="Empty: in none."
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TAG), max_length=MOST_TAGS, required=False
    )

    def validate_tags(self, tags: list[str]) -> list[str]:
        """Each once, in the order of the alphabet. Raises `ValidationError` for what pages would take for several."""
        if any(filing.tags_in(tag) != [tag] for tag in tags):
            raise serializers.ValidationError(_("A tag has no comma."))
        return sorted(set(tags))


class FilingViewSet(ApiViewSet):
    """Where the caller keeps a graph; nobody else sees it."""

    pagination_class = None
    scopes: ClassVar = {"retrieve": Scope.READ_GRAPHS, "update": Scope.WRITE_GRAPHS}

    @extend_schema(responses=FilingSerializer)
    def retrieve(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Its folder and tags, and whether it is a favourite or in the archive."""
        graph = visible_graph(request.user, graph_id)
        return Response(FilingSerializer(filing.filing_of(request.user, graph)).data)

    @extend_schema(request=FilingSerializer, responses=FilingSerializer)
    def update(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Keep it elsewhere."""
        graph = visible_graph(request.user, graph_id)
        changes = self.read(FilingSerializer)
        return Response(FilingSerializer(filing.keep(request.user, graph, **changes)).data)
