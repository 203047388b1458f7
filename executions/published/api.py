"""The API of published forms and chats: /api/pages … Visitors come in at `visits`."""

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.permissions import require_scope
from executions.published import services
from executions.published.models import PublishedPage
from executions.published.serializers import (
    NewPageSerializer,
    PageAccessSerializer,
    PageFieldsSerializer,
    PublishedPageSerializer,
)
from executions.triggers.api import TriggerViewSet, version_of


class PublishedPageViewSet(TriggerViewSet):
    """The caller's published pages. Who makes one has the graph run, so that permission is needed, too."""

    queryset = PublishedPage.objects.none()
    serializer_class = PublishedPageSerializer
    scopes: ClassVar = {**TriggerViewSet.scopes, "renew": Scope.WRITE_TRIGGERS}

    @extend_schema(request=NewPageSerializer, responses={201: PageAccessSerializer})
    def create(self, request: UserApiRequest) -> Response:
        """Publish a form or a chat that runs a graph. The answer has its address."""
        require_scope(request, Scope.RUN_GRAPHS)
        body = self.read(NewPageSerializer)
        version = version_of(request, body.pop("graph_id"))
        page = services.create_page(user=request.user, version=version, values=body)
        return self._with_address(page, status.HTTP_201_CREATED)

    @extend_schema(request=PageFieldsSerializer, responses=PublishedPageSerializer)
    def update(self, request: UserApiRequest, pk: UUID) -> Response:
        """Replace what a page shows and does; its address stays."""
        require_scope(request, Scope.RUN_GRAPHS)
        page: PublishedPage = self.get_object()
        body = self.read(PageFieldsSerializer)
        version = version_of(request, page.graph_id)
        return self.answer(services.change_page(page, version, body))

    @extend_schema(request=None, responses=PageAccessSerializer)
    def renew(self, request: UserApiRequest, pk: UUID) -> Response:
        """Give it another address; the one that it had leads nowhere."""
        require_scope(request, Scope.RUN_GRAPHS)
        return self._with_address(services.renew(self.get_object()))

    def _with_address(self, page: PublishedPage, code: int = status.HTTP_200_OK) -> Response:
        data = PageAccessSerializer(page, context={"request": self.request}).data
        return Response(data, code, headers={"Cache-Control": "no-store"})
