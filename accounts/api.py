"""The API of accounts: /api/user …"""

from typing import Any, ClassVar
from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response

from accounts import keys, services
from accounts.http import UserApiRequest
from accounts.models import ApiKey, ApiKeyQuerySet, Scope
from accounts.permissions import require_own_bounds, require_scope
from accounts.serializers import (
    ApiKeyChangeSerializer,
    ApiKeyIssueSerializer,
    ApiKeySerializer,
    CreditsSerializer,
    NewApiKeySerializer,
    PermissionsSerializer,
    ProfileSerializer,
    TimezoneSerializer,
    UserSerializer,
)
from accounts.statement import statement
from accounts.viewsets import ApiViewSet


class UserViewSet(ApiViewSet):
    """The caller."""

    scopes: ClassVar = {
        "retrieve": Scope.IDENTITY,
        "introduce": Scope.IDENTITY,
        "update": Scope.WRITE_IDENTITY,
        "timezone": Scope.IDENTITY,
        "change_timezone": Scope.WRITE_IDENTITY,
        "credits": Scope.CREDITS,
        "statement": Scope.CREDITS,
    }

    @extend_schema(responses=UserSerializer)
    def retrieve(self, request: UserApiRequest) -> Response:
        """Who you are."""
        return Response(UserSerializer(request.user).data)

    @extend_schema(request=None, responses=UserSerializer)
    def introduce(self, request: UserApiRequest) -> Response:
        """Who you are. The original platform makes users of tokens this way; here they are there already."""
        return self.retrieve(request)

    @extend_schema(request=ProfileSerializer, responses=UserSerializer)
    def update(self, request: UserApiRequest) -> Response:
        """Change your name, time zone or language."""
        services.change_profile(request.user, **self.read(ProfileSerializer))
        return Response(UserSerializer(request.user).data)

    @extend_schema(responses=TimezoneSerializer)
    def timezone(self, request: UserApiRequest) -> Response:
        """Your time zone."""
        return Response(TimezoneSerializer(request.user).data)

    @extend_schema(request=TimezoneSerializer, responses=TimezoneSerializer)
    def change_timezone(self, request: UserApiRequest) -> Response:
        """Change your time zone."""
        services.change_profile(request.user, **self.read(TimezoneSerializer))
        return Response(TimezoneSerializer(request.user).data)

    @extend_schema(responses=CreditsSerializer)
    def credits(self, request: UserApiRequest) -> Response:
        """What you can spend."""
        return Response(CreditsSerializer(request.user).data)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def statement(self, request: UserApiRequest) -> StreamingHttpResponse:
        """Every movement of your credits, as CSV: created_at, reason, reference, credits, balance."""
        return statement(request.user)


class ApiKeyViewSet(ListModelMixin, RetrieveModelMixin, ApiViewSet):
    """The caller's API keys. A key can give another key no more than it has itself."""

    serializer_class = ApiKeySerializer
    queryset = ApiKey.objects.none()
    scopes: ClassVar = dict.fromkeys(
        ("list", "create", "retrieve", "update", "destroy", "suspend", "resume", "permissions"),
        Scope.MANAGE_KEYS,
    )

    def get_queryset(self) -> ApiKeyQuerySet:
        """Their own, newest first."""
        return ApiKey.objects.owned_by(self.request.user).newest_first()

    @extend_schema(request=ApiKeyIssueSerializer, responses={201: NewApiKeySerializer})
    def create(self, request: UserApiRequest) -> Response:
        """Make a key. Its text, `key`, is shown this once."""
        return self.issued(self.read(ApiKeyIssueSerializer))

    def issued(self, wanted: dict[str, Any]) -> Response:
        """A key of theirs. Refused to a key that may less."""
        require_scope(self.request, *map(Scope, wanted["permissions"]))
        require_own_bounds(self.request, {"expires_at": None, "rate_limit": None} | wanted)
        key, text = keys.issue(self.request.user, **wanted)
        return Response({**ApiKeySerializer(key).data, "key": text}, status.HTTP_201_CREATED)

    @extend_schema(request=ApiKeyChangeSerializer, responses=ApiKeySerializer)
    def update(self, request: UserApiRequest, pk: UUID) -> Response:
        """Change a key's name, end or limit; what is not given stays."""
        key = self.get_object()
        changes = self.read(ApiKeyChangeSerializer)
        require_own_bounds(request, changes)
        return self._answer(keys.change(key, **changes))

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, pk: UUID) -> Response:
        """Revoke a key for ever."""
        keys.revoke(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None)
    def suspend(self, request: UserApiRequest, pk: UUID) -> Response:
        """Close a key until it is resumed."""
        return self._answer(keys.suspend(self.get_object()))

    @extend_schema(request=None)
    def resume(self, request: UserApiRequest, pk: UUID) -> Response:
        """Open a suspended key again."""
        return self._answer(keys.resume(self.get_object()))

    @extend_schema(request=PermissionsSerializer)
    def permissions(self, request: UserApiRequest, pk: UUID) -> Response:
        """Change what a key may be used for."""
        return self.permitted(self.read(PermissionsSerializer)["permissions"])

    def permitted(self, permissions: list[str]) -> Response:
        """The key with these. Refused to a key that may less."""
        require_scope(self.request, *map(Scope, permissions))
        return self._answer(keys.change_permissions(self.get_object(), permissions))

    def _answer(self, key: ApiKey) -> Response:
        return Response(ApiKeySerializer(key).data)
