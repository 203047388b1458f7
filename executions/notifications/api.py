"""The API of notifications: /api/notifications …"""

from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.viewsets import ApiViewSet
from executions.notifications import services
from executions.notifications.filters import NotificationFilter
from executions.notifications.models import Dispatch, Endpoint, Notification
from executions.notifications.serializers import (
    DispatchSerializer,
    EndpointAccessSerializer,
    EndpointFieldsSerializer,
    EndpointSecretSerializer,
    EndpointSerializer,
    NewEndpointSerializer,
    NotificationSerializer,
    PreferencesSerializer,
    ReadAnswerSerializer,
    ReadSerializer,
)


class NotificationViewSet(ListModelMixin, ApiViewSet):
    """What the caller was told, and how they want to be told."""

    queryset = Notification.objects.none()
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter
    scopes: ClassVar = {
        "list": Scope.READ_NOTIFICATIONS,
        "preferences": Scope.READ_NOTIFICATIONS,
        "dispatches": Scope.READ_NOTIFICATIONS,
        "mark_read": Scope.WRITE_NOTIFICATIONS,
        "change": Scope.WRITE_NOTIFICATIONS,
        "resend": Scope.WRITE_NOTIFICATIONS,
    }

    def get_queryset(self) -> QuerySet[Notification]:
        """What their page shows, newest first."""
        return Notification.objects.owned_by(self.request.user).newest_first()

    @extend_schema(request=ReadSerializer, responses=ReadAnswerSerializer)
    def mark_read(self, request: UserApiRequest) -> Response:
        """Say that you have seen these, or all."""
        count = services.mark_read(request.user, self.read(ReadSerializer).get("ids"))
        return Response({"count": count})

    @extend_schema(responses=PreferencesSerializer)
    def preferences(self, request: UserApiRequest) -> Response:
        """How you are told of which event."""
        return Response(self._preferences())

    @extend_schema(request=PreferencesSerializer, responses=PreferencesSerializer)
    def change(self, request: UserApiRequest) -> Response:
        """Change how you are told of these events."""
        body = self.read(PreferencesSerializer)
        services.change_preferences(request.user, body["preferences"])
        return Response(self._preferences())

    @extend_schema(responses=DispatchSerializer(many=True), filters=False)
    def dispatches(self, request: UserApiRequest) -> Response:
        """What was sent to you, and is on its way, newest first."""
        rows = Dispatch.objects.owned_by(request.user).newest_first()
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(DispatchSerializer(page, many=True).data)

    @extend_schema(request=None, responses=DispatchSerializer)
    def resend(self, request: UserApiRequest, pk: UUID) -> Response:
        """Send something again now, with the same id."""
        dispatch = get_object_or_404(Dispatch.objects.owned_by(request.user), pk=pk)
        return Response(DispatchSerializer(services.resend(dispatch)).data)

    def _preferences(self) -> dict[str, object]:
        wants = services.preferences_of(self.request.user)
        rows = [
            {"event": event.value, "on_page": want.on_page, "mail": want.mail}
            for event, want in wants.items()
        ]
        return {"preferences": rows}


class EndpointViewSet(ListModelMixin, RetrieveModelMixin, ApiViewSet):
    """Where the caller's notifications are posted."""

    queryset = Endpoint.objects.none()
    serializer_class = EndpointSerializer
    scopes: ClassVar = {
        "list": Scope.READ_NOTIFICATIONS,
        "retrieve": Scope.READ_NOTIFICATIONS,
        "dispatches": Scope.READ_NOTIFICATIONS,
        "create": Scope.WRITE_NOTIFICATIONS,
        "update": Scope.WRITE_NOTIFICATIONS,
        "destroy": Scope.WRITE_NOTIFICATIONS,
        "pause": Scope.WRITE_NOTIFICATIONS,
        "resume": Scope.WRITE_NOTIFICATIONS,
        "renew": Scope.WRITE_NOTIFICATIONS,
        "try_out": Scope.WRITE_NOTIFICATIONS,
    }

    def get_queryset(self) -> QuerySet[Endpoint]:
        """Their own, newest first."""
        return Endpoint.objects.owned_by(self.request.user).select_related("user").newest_first()

    @extend_schema(request=NewEndpointSerializer, responses={201: EndpointAccessSerializer})
    def create(self, request: UserApiRequest) -> Response:
        """Have notifications posted somewhere. The answer has the secret that they are signed with."""
        endpoint = services.create_endpoint(user=request.user, **self.read(NewEndpointSerializer))
        return self._with_secret(endpoint, status.HTTP_201_CREATED)

    @extend_schema(request=EndpointFieldsSerializer, responses=EndpointSerializer)
    def update(self, request: UserApiRequest, pk: UUID) -> Response:
        """Replace what is posted where; the secret stays."""
        endpoint: Endpoint = self.get_object()
        changed = services.change_endpoint(endpoint, **self.read(EndpointFieldsSerializer))
        return Response(EndpointSerializer(changed).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, pk: UUID) -> Response:
        """Post nothing there any more."""
        services.delete_endpoint(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=EndpointSerializer)
    def pause(self, request: UserApiRequest, pk: UUID) -> Response:
        """Post nothing there until it is resumed."""
        return Response(EndpointSerializer(services.set_paused(self.get_object(), True)).data)

    @extend_schema(request=None, responses=EndpointSerializer)
    def resume(self, request: UserApiRequest, pk: UUID) -> Response:
        """Go on, with what was on its way."""
        return Response(EndpointSerializer(services.set_paused(self.get_object(), False)).data)

    @extend_schema(request=EndpointSecretSerializer, responses=EndpointAccessSerializer)
    def renew(self, request: UserApiRequest, pk: UUID) -> Response:
        """Sign with another secret from now on."""
        endpoint: Endpoint = self.get_object()
        secret = self.read(EndpointSecretSerializer)["secret"]
        return self._with_secret(services.renew_endpoint(endpoint, secret))

    @extend_schema(request=None, responses={202: DispatchSerializer})
    def try_out(self, request: UserApiRequest, pk: UUID) -> Response:
        """Post something there to see whether it arrives."""
        dispatch = services.try_out(self.get_object())
        dispatch.refresh_from_db()
        return Response(DispatchSerializer(dispatch).data, status.HTTP_202_ACCEPTED)

    @extend_schema(responses=DispatchSerializer(many=True))
    def dispatches(self, request: UserApiRequest, pk: UUID) -> Response:
        """What was posted there, newest first."""
        rows = Dispatch.objects.filter(endpoint=self.get_object()).newest_first()
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(DispatchSerializer(page, many=True).data)

    def _with_secret(self, endpoint: Endpoint, code: int = status.HTTP_200_OK) -> Response:
        data = EndpointAccessSerializer(endpoint).data
        return Response(data, code, headers={"Cache-Control": "no-store"})
