"""The API of replays: /api/executions/{id}/replay"""

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.serializers import StrictSerializer
from accounts.teams.finding import find
from accounts.viewsets import ApiViewSet
from executions.models import Execution
from executions.replays import services
from executions.serializers import ExecutionSerializer
from executions.triggers.api import version_of


class ReplaySerializer(StrictSerializer):
    """From where a run is replayed, and what is not as it was."""

    node_id = serializers.CharField(
        max_length=100,
        help_text="This node and all behind it run anew; the others give what they gave.",
    )
    inputs = serializers.DictField(
        default=dict, help_text="Of that node, by pin, instead of what it had got; at every firing."
    )
    version = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2_147_483_647,
        help_text="Another version of the graph; without it the one of the run.",
    )


class ReplayViewSet(ApiViewSet):
    """Replays of a run."""

    scopes: ClassVar = {"create": Scope.RUN_GRAPHS}

    @extend_schema(request=ReplaySerializer, responses={201: ExecutionSerializer})
    def create(self, request: UserApiRequest, pk: UUID) -> Response:
        """Start a run that takes from this one what lies before a node."""
        runs = Execution.objects.select_related("version__graph")
        execution = find(runs.repeatable_by(request.user), runs.visible_to(request.user), pk=pk)
        body = self.read(ReplaySerializer)
        number = body.get("version")
        started = services.replay(
            execution=execution,
            node_id=body["node_id"],
            user=request.user,
            version=version_of(request, execution.graph_id, number) if number else None,
            changed=body["inputs"],
        )
        return Response(ExecutionSerializer(started).data, status=201)
