"""The API of presets: /api/presets …"""

from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.permissions import require_scope
from accounts.viewsets import ApiViewSet
from executions.triggers import keeping, presets
from executions.triggers.filters import OfGraphFilter
from executions.triggers.models import Preset
from executions.triggers.serializers import KeptSerializer, NewKeptSerializer, PresetSerializer
from graphs.models import GraphVersion


def version_of(request: UserApiRequest, graph_id: UUID, number: int | None = None) -> GraphVersion:
    """A version of a graph of the caller, or the active one. Raises `Http404`."""
    try:
        return GraphVersion.objects.runnable(request.user, graph_id, number)
    except GraphVersion.DoesNotExist:
        raise Http404 from None


class KeptViewSet(ListModelMixin, RetrieveModelMixin, ApiViewSet):
    """What the caller keeps for later runs, whatever it is."""

    filterset_class = OfGraphFilter
    scopes: ClassVar = {
        "list": Scope.READ_TRIGGERS,
        "retrieve": Scope.READ_TRIGGERS,
        "create": Scope.WRITE_TRIGGERS,
        "update": Scope.WRITE_TRIGGERS,
        "destroy": Scope.WRITE_TRIGGERS,
    }

    def get_queryset(self) -> Any:
        """Their own, newest first."""
        model: Any = type(self).queryset.model  # type: ignore[union-attr]  # each has one
        return model.objects.owned_by(self.request.user).newest_first()

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, pk: UUID) -> Response:
        """Delete it; runs stay."""
        self.get_object().delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class TriggerViewSet(KeptViewSet):
    """What starts runs for the caller by itself, and can be paused."""

    scopes: ClassVar = {
        **KeptViewSet.scopes,
        "pause": Scope.WRITE_TRIGGERS,
        "resume": Scope.WRITE_TRIGGERS,
    }

    def version_in(self, body: dict[str, Any], graph_id: UUID) -> dict[str, Any]:
        """The version that the body asks for, and whether it names one. Raises `Http404`."""
        number = body.pop("graph_version", None)
        return {
            "version": version_of(self.request, graph_id, number),
            "is_pinned": number is not None,
        }

    def set_paused(self, trigger: Any, is_paused: bool) -> Any:
        """Change and return it."""
        return keeping.set_paused(trigger, is_paused)

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, pk: UUID) -> Response:
        """Delete it; runs stay."""
        keeping.delete(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None)
    def pause(self, request: UserApiRequest, pk: UUID) -> Response:
        """Start nothing until it is resumed."""
        return self.answer(self.set_paused(self.get_object(), True))

    @extend_schema(request=None)
    def resume(self, request: UserApiRequest, pk: UUID) -> Response:
        """Go on; needs the permission to run graphs, too."""
        require_scope(request, Scope.RUN_GRAPHS)
        return self.answer(self.set_paused(self.get_object(), False))

    def answer(self, trigger: Any, code: int = status.HTTP_200_OK) -> Response:
        """The thing as JSON."""
        return Response(self.get_serializer(trigger).data, code)


class PresetViewSet(KeptViewSet):
    """The caller's presets."""

    queryset = Preset.objects.none()
    serializer_class = PresetSerializer

    @extend_schema(request=NewKeptSerializer, responses={201: PresetSerializer})
    def create(self, request: UserApiRequest) -> Response:
        """Save inputs and credentials for runs of a graph."""
        body = self.read(NewKeptSerializer)
        version = version_of(request, body.pop("graph_id"))
        preset = presets.create_preset(user=request.user, version=version, **body)
        return Response(PresetSerializer(preset).data, status.HTTP_201_CREATED)

    @extend_schema(request=KeptSerializer, responses=PresetSerializer)
    def update(self, request: UserApiRequest, pk: UUID) -> Response:
        """Replace what it keeps."""
        preset = self.get_object()
        version = version_of(request, preset.graph_id)
        presets.change_preset(preset, version, **self.read(KeptSerializer))
        return Response(PresetSerializer(preset).data)
