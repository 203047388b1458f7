"""The API of files: /api/files …"""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.teams.finding import find
from accounts.viewsets import ApiViewSet
from executions.files import downloads, services
from executions.files.filters import FileFilter
from executions.files.models import StoredFile, StoredFileQuerySet
from executions.files.serializers import StoredFileSerializer, UploadSerializer


class FileViewSet(ListModelMixin, ApiViewSet):
    """The caller's files."""

    serializer_class = StoredFileSerializer
    queryset = StoredFile.objects.none()
    filterset_class = FileFilter
    parser_classes = (*ApiViewSet.parser_classes, MultiPartParser)
    scopes: ClassVar = {
        "list": Scope.READ_FILES,
        "retrieve": Scope.READ_FILES,
        "download": Scope.READ_FILES,
        "create": Scope.WRITE_FILES,
        "destroy": Scope.WRITE_FILES,
    }

    def get_queryset(self) -> StoredFileQuerySet:
        """Their own, newest first."""
        return StoredFile.objects.owned_by(self.request.user).newest_first()

    @extend_schema(
        request={"multipart/form-data": UploadSerializer}, responses={201: StoredFileSerializer}
    )
    def create(self, request: UserApiRequest) -> Response:
        """Upload a file: the field `file` of a form."""
        upload = self.read(UploadSerializer)["file"]
        file = services.keep(
            request.user.pk, upload, name=upload.name, content_type=upload.content_type
        )
        return Response(StoredFileSerializer(file).data, status.HTTP_201_CREATED)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def download(self, request: UserApiRequest, pk: UUID) -> HttpResponse:
        """The content of a file."""
        return downloads.answer(get_object_or_404(self._visible(), pk=pk))

    def retrieve(self, request: UserApiRequest, pk: UUID) -> Response:
        """A file of the caller, or of a run that they may look at."""
        return Response(StoredFileSerializer(get_object_or_404(self._visible(), pk=pk)).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, pk: UUID) -> Response:
        """Delete a file."""
        services.delete(find(self.get_queryset(), self._visible(), pk=pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _visible(self) -> StoredFileQuerySet:
        return StoredFile.objects.visible_to(self.request.user)
