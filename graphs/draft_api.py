"""The API of drafts: /api/graphs/{graph_id}/draft …"""

from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.serializers import StrictSerializer
from accounts.viewsets import ApiViewSet
from graphs import drafts
from graphs.api import answer
from graphs.finding import editable_graph
from graphs.models import Draft
from graphs.serializers import MAX_VERSION, GraphSerializer
from graphs.translating import translated
from graphs.validation import Problem


class ProblemSerializer(serializers.Serializer[Any]):
    """One thing that is wrong with a draft, and where."""

    node_id = serializers.CharField(help_text="Empty when it belongs to no node.")
    field = serializers.CharField(help_text="A pin, `block_id`, or a link's id.")
    message = serializers.SerializerMethodField()
    is_warning = serializers.BooleanField(help_text="It may be run all the same.")

    @extend_schema_field(str)
    def get_message(self, problem: Problem) -> str:
        """In the language of the request."""
        return translated(problem.message)


class DraftWriteSerializer(StrictSerializer):
    """A draft as it is to be kept."""

    document = serializers.DictField(help_text="A graph as POST /api/graphs takes it, or nearly.")
    base_version = serializers.IntegerField(min_value=1, max_value=MAX_VERSION)
    revision = serializers.IntegerField(
        min_value=0, max_value=MAX_VERSION, help_text="The one that you have seen; 0 for none."
    )


class DraftSerializer(serializers.ModelSerializer[Draft]):
    """A draft, and what keeps it from being saved or run."""

    problems = serializers.SerializerMethodField()

    class Meta:
        model = Draft
        fields: tuple[str, ...] = (
            "document",
            *("base_version", "revision", "updated_at", "problems"),
        )
        read_only_fields = fields

    @extend_schema_field(ProblemSerializer(many=True))
    def get_problems(self, draft: Draft) -> Any:
        """All of them, in the order of the nodes."""
        problems = drafts.problems_for(draft.user, draft.graph, draft.document)
        return ProblemSerializer(problems, many=True).data


class KeptDraftSerializer(DraftSerializer):
    """What the server says of a draft that it has kept; the document is the client's own."""

    class Meta(DraftSerializer.Meta):
        fields: tuple[str, ...] = ("base_version", "revision", "updated_at", "problems")
        read_only_fields = fields


class PublishSerializer(StrictSerializer):
    """Which draft becomes a version, and what has changed in it."""

    revision = serializers.IntegerField(min_value=1, max_value=MAX_VERSION)
    message = serializers.CharField(max_length=200, allow_blank=True, default="")


class DraftViewSet(ApiViewSet):
    """The caller's draft of one graph: what the builder has changed and not yet saved."""

    pagination_class = None
    filter_backends = ()
    scopes: ClassVar = {
        "retrieve": Scope.READ_GRAPHS,
        "update": Scope.WRITE_GRAPHS,
        "destroy": Scope.WRITE_GRAPHS,
        "publish": Scope.WRITE_GRAPHS,
    }

    @extend_schema(responses=DraftSerializer)
    def retrieve(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """The draft; 404 when everything is saved."""
        graph = editable_graph(request.user, graph_id)
        draft = get_object_or_404(Draft.objects.owned_by(request.user), graph=graph)
        return Response(DraftSerializer(draft).data)

    @extend_schema(request=DraftWriteSerializer, responses=KeptDraftSerializer)
    def update(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Keep a draft, and say what is wrong with it. 409 when another window has changed it meanwhile."""
        graph = editable_graph(request.user, graph_id)
        draft = drafts.keep(graph=graph, user=request.user, **self.read(DraftWriteSerializer))
        return Response(KeptDraftSerializer(draft).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Throw the draft away."""
        drafts.discard(graph=editable_graph(request.user, graph_id), user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=PublishSerializer, responses=GraphSerializer)
    def publish(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Save the draft as the next version. 409 when a version was saved since the draft was begun."""
        graph = editable_graph(request.user, graph_id)
        return answer(
            drafts.publish(graph=graph, user=request.user, **self.read(PublishSerializer))
        )
