"""The API of one's own data: /api/user/retention, /api/user/exports, /api/user/delete."""

from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.identity.services import confirm
from accounts.models import Scope
from accounts.permissions import require_scope
from accounts.viewsets import ApiViewSet
from executions.retention import erasing, exporting, services
from executions.retention.downloads import download
from executions.retention.models import DataExport
from executions.retention.serializers import (
    ConfirmationSerializer,
    DataExportSerializer,
    KeptSerializer,
    PolicySerializer,
)


class DataViewSet(ListModelMixin, ApiViewSet):
    """The caller's data. Whoever takes it all, or deletes it, by an API key needs every permission."""

    queryset = DataExport.objects.none()
    serializer_class = DataExportSerializer
    scopes: ClassVar = {
        "policy": Scope.IDENTITY,
        "change_policy": Scope.WRITE_IDENTITY,
        "list": Scope.IDENTITY,
        "export": Scope.WRITE_IDENTITY,
        "download": Scope.WRITE_IDENTITY,
        "delete_account": Scope.WRITE_IDENTITY,
    }

    def get_queryset(self) -> QuerySet[DataExport]:
        """Newest first."""
        return DataExport.objects.owned_by(self.request.user).newest_first()

    @extend_schema(responses=KeptSerializer, filters=False)
    def policy(self, request: UserApiRequest) -> Response:
        """How long things of yours are kept."""
        return Response(KeptSerializer(services.policy_of(request.user)).data)

    @extend_schema(request=PolicySerializer, responses=KeptSerializer)
    def change_policy(self, request: UserApiRequest) -> Response:
        """Keep things so long from now on; what is older is deleted within the hour."""
        changed = services.change_policy(request.user, **self.read(PolicySerializer))
        return Response(KeptSerializer(changed).data)

    @extend_schema(request=None, responses={202: DataExportSerializer})
    def export(self, request: UserApiRequest) -> Response:
        """Have a copy of all your data made: a zip of JSON documents."""
        require_scope(request, *Scope)
        made = exporting.ask(request.user)
        return Response(DataExportSerializer(made).data, status.HTTP_202_ACCEPTED)

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def download(self, request: UserApiRequest, pk: UUID) -> StreamingHttpResponse:
        """The copy; 404 until it is ready."""
        require_scope(request, *Scope)
        ready = self.get_queryset().filter(status=DataExport.Status.READY)
        return download(get_object_or_404(ready, pk=pk))

    @extend_schema(request=ConfirmationSerializer, responses={204: None})
    def delete_account(self, request: UserApiRequest) -> Response:
        """Close your account now and delete everything in it soon. There is no way back."""
        require_scope(request, *Scope)
        confirm(request.user, self.read(ConfirmationSerializer)["current_password"])
        erasing.ask(request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
