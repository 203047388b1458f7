"""The API of the vault: /api/credentials …"""

from typing import ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.teams.finding import team_to_share_with
from accounts.teams.models import Team
from accounts.vault import checks, oauth, services
from accounts.vault.models import Credential, CredentialQuerySet
from accounts.vault.serializers import (
    ChangedCredentialSerializer,
    ConnectSerializer,
    CredentialSerializer,
    CredentialUseSerializer,
    LendSerializer,
    LentCredentialSerializer,
    LoginUrlSerializer,
    NewCredentialSerializer,
    VerdictSerializer,
)
from accounts.viewsets import ApiViewSet
from blocks.base import BlockError
from blocks.serializers import ModelsSerializer


class CredentialViewSet(ListModelMixin, RetrieveModelMixin, ApiViewSet):
    """The caller's credentials. No answer has a secret."""

    serializer_class = CredentialSerializer
    queryset = Credential.objects.none()
    scopes: ClassVar = {
        **dict.fromkeys(("list", "retrieve", "uses", "models"), Scope.READ_CREDENTIALS),
        **dict.fromkeys(
            ("create", "update", "destroy", "check", "revoke", "default", "connect", "lend"),
            Scope.WRITE_CREDENTIALS,
        ),
    }

    def get_queryset(self) -> CredentialQuerySet:
        """Their own, newest first."""
        return Credential.objects.owned_by(self.request.user).newest_first()

    @extend_schema(request=NewCredentialSerializer, responses={201: CredentialSerializer})
    def create(self, request: UserApiRequest) -> Response:
        """Keep a secret."""
        credential = services.create(request.user, **self.read(NewCredentialSerializer))
        return Response(CredentialSerializer(credential).data, status.HTTP_201_CREATED)

    @extend_schema(request=ChangedCredentialSerializer)
    def update(self, request: UserApiRequest, pk: UUID) -> Response:
        """Change its title, hosts or expiry, or replace its secret."""
        credential = self.get_object()
        return self._answer(services.change(credential, **self.read(ChangedCredentialSerializer)))

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, pk: UUID) -> Response:
        """Forget it, and the log of its uses."""
        services.delete(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=VerdictSerializer)
    def check(self, request: UserApiRequest, pk: UUID) -> Response:
        """Ask the provider whether it still takes it."""
        return Response(VerdictSerializer(checks.check(self.get_object())).data)

    @extend_schema(responses=ModelsSerializer)
    def models(self, request: UserApiRequest, pk: UUID) -> Response:
        """The language models that its provider offers: suggestions for the pin `model`."""
        credential, problem = self.get_object(), ""
        try:
            names = checks.models_of(credential)
        except BlockError as error:
            names, problem = [], str(error)
        shown = {"provider": credential.provider, "default": "", "models": names}
        return Response({**shown, "problem": problem})

    @extend_schema(request=None)
    def revoke(self, request: UserApiRequest, pk: UUID) -> Response:
        """Forget its secret; the log of its uses stays."""
        return self._answer(services.revoke(self.get_object()))

    @extend_schema(request=None)
    def default(self, request: UserApiRequest, pk: UUID) -> Response:
        """Let runs that name no credential for its provider use this one."""
        return self._answer(services.make_default(self.get_object()))

    @extend_schema(request=LendSerializer, responses=CredentialSerializer)
    def lend(self, request: UserApiRequest, pk: UUID) -> Response:
        """Let a team that the caller is in use it in runs of the team's graphs, or with null nobody else."""
        credential, body = self.get_object(), self.read(LendSerializer)
        team = team_to_share_with(request.user, body["team_id"])
        return self._answer(services.lend(credential, team, is_default=body["is_default"]))

    @extend_schema(responses=CredentialUseSerializer(many=True))
    def uses(self, request: UserApiRequest, pk: UUID) -> Response:
        """What used it, newest first."""
        page = self.paginate_queryset(self.get_object().uses.order_by("-pk"))
        return self.get_paginated_response(CredentialUseSerializer(page, many=True).data)

    @extend_schema(request=ConnectSerializer, responses=LoginUrlSerializer)
    def connect(self, request: UserApiRequest) -> Response:
        """Begin to connect an account at an OAuth provider."""
        back = request.build_absolute_uri(reverse("vault:callback"))
        url = oauth.begin(request.user, redirect_uri=back, **self.read(ConnectSerializer))
        return Response({"login_url": url})

    def _answer(self, credential: Credential) -> Response:
        return Response(CredentialSerializer(credential).data)


class TeamCredentialViewSet(ListModelMixin, ApiViewSet):
    """What is lent to a team: its members use it in runs of the team's graphs, and nobody reads it."""

    serializer_class = LentCredentialSerializer
    queryset = Credential.objects.none()
    scopes: ClassVar = {"list": Scope.READ_CREDENTIALS}

    def get_queryset(self) -> CredentialQuerySet:
        """Of a team that the caller is in, newest first."""
        teams = Team.objects.visible_to(self.request.user)
        team = get_object_or_404(teams, pk=self.kwargs["team_id"])
        return Credential.objects.lent_to(team).newest_first()
