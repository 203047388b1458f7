"""The API of teams: /api/teams …, /api/invitations …"""

from typing import ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.limits.rates import RouteClass
from accounts.models import Scope
from accounts.teams import services
from accounts.teams.finding import find
from accounts.teams.models import (
    Invitation,
    InvitationQuerySet,
    Membership,
    MembershipQuerySet,
    Team,
    TeamQuerySet,
)
from accounts.teams.serializers import (
    InvitationSerializer,
    InviteSerializer,
    MemberSerializer,
    TeamNameSerializer,
    TeamRoleSerializer,
    TeamSerializer,
)
from accounts.viewsets import ApiViewSet


class TeamViewSet(ListModelMixin, ApiViewSet):
    """The teams that the caller is in; their owners change them."""

    serializer_class = TeamSerializer
    queryset = Team.objects.none()
    scopes: ClassVar = {
        **dict.fromkeys(("list", "retrieve"), Scope.READ_TEAMS),
        **dict.fromkeys(("create", "update", "destroy", "leave"), Scope.WRITE_TEAMS),
    }

    def get_queryset(self) -> TeamQuerySet:
        """Theirs, by name."""
        return Team.objects.visible_to(self.request.user).for_lists().by_name()

    @extend_schema(request=TeamNameSerializer, responses={201: TeamSerializer})
    def create(self, request: UserApiRequest) -> Response:
        """Make a team, of which the caller is the owner."""
        team = services.create_team(owner=request.user, **self.read(TeamNameSerializer))
        return self._answer(team.pk, status.HTTP_201_CREATED)

    def retrieve(self, request: UserApiRequest, pk: UUID) -> Response:
        """One team."""
        return self._answer(pk)

    @extend_schema(request=TeamNameSerializer, responses=TeamSerializer)
    def update(self, request: UserApiRequest, pk: UUID) -> Response:
        """Rename it."""
        team = governed(request, pk)
        services.rename_team(team, by=request.user, **self.read(TeamNameSerializer))
        return self._answer(pk)

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, pk: UUID) -> Response:
        """End it; what was shared with it is its owners' alone again."""
        services.delete_team(governed(request, pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    def leave(self, request: UserApiRequest, pk: UUID) -> Response:
        """Go, with what one has shared with it."""
        rows = Membership.objects.select_related("team")
        services.remove(get_object_or_404(rows, team=pk, user=request.user), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _answer(self, pk: UUID, code: int = status.HTTP_200_OK) -> Response:
        return Response(TeamSerializer(get_object_or_404(self.get_queryset(), pk=pk)).data, code)


class MemberViewSet(ListModelMixin, ApiViewSet):
    """Who is in a team."""

    serializer_class = MemberSerializer
    queryset = Membership.objects.none()
    scopes: ClassVar = {
        "list": Scope.READ_TEAMS,
        **dict.fromkeys(("update", "destroy"), Scope.WRITE_TEAMS),
    }

    def get_queryset(self) -> MembershipQuerySet:
        """Of a team that the caller is in."""
        team = get_object_or_404(
            Team.objects.visible_to(self.request.user), pk=self.kwargs["team_id"]
        )
        return Membership.objects.filter(team=team).in_order()

    @extend_schema(request=TeamRoleSerializer, responses=MemberSerializer)
    def update(self, request: UserApiRequest, team_id: UUID, user_id: UUID) -> Response:
        """Give a member another role. 409 when the team would be left without an owner."""
        member, body = self._member(team_id, user_id), self.read(TeamRoleSerializer)
        return Response(
            MemberSerializer(services.change_role(member, by=request.user, **body)).data
        )

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, team_id: UUID, user_id: UUID) -> Response:
        """Take a member out, with what they have shared with the team."""
        services.remove(self._member(team_id, user_id), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _member(self, team_id: UUID, user_id: UUID) -> Membership:
        team = governed(self.request, team_id)
        rows = Membership.objects.select_related("team")
        return get_object_or_404(rows, team=team, user=user_id)


class TeamInvitationViewSet(ListModelMixin, ApiViewSet):
    """Whom the owners of a team have asked."""

    route_class = RouteClass.AUTH  # it sends mails to strangers
    serializer_class = InvitationSerializer
    queryset = Invitation.objects.none()
    scopes: ClassVar = {
        "list": Scope.READ_TEAMS,
        **dict.fromkeys(("create", "destroy"), Scope.WRITE_TEAMS),
    }

    def get_queryset(self) -> InvitationQuerySet:
        """Of a team that the caller owns."""
        team = governed(self.request, self.kwargs["team_id"])
        return Invitation.objects.filter(team=team).select_related("team").newest_first()

    @extend_schema(request=InviteSerializer, responses={201: InvitationSerializer})
    def create(self, request: UserApiRequest, team_id: UUID) -> Response:
        """Ask an address; the answer is the same whether somebody has an account with it or not."""
        team = governed(request, team_id)
        invitation = services.invite(team=team, by=request.user, **self.read(InviteSerializer))
        return Response(InvitationSerializer(invitation).data, status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, team_id: UUID, pk: UUID) -> Response:
        """Take an invitation back."""
        services.withdraw(get_object_or_404(self.get_queryset(), pk=pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitationViewSet(ListModelMixin, ApiViewSet):
    """The teams that the caller is asked into."""

    serializer_class = InvitationSerializer
    queryset = Invitation.objects.none()
    scopes: ClassVar = {
        "list": Scope.READ_TEAMS,
        **dict.fromkeys(("accept", "decline"), Scope.WRITE_TEAMS),
    }

    def get_queryset(self) -> InvitationQuerySet:
        """Those to their address."""
        return Invitation.objects.owned_by(self.request.user).newest_first()

    @extend_schema(request=None, responses={204: None})
    def accept(self, request: UserApiRequest, pk: UUID) -> Response:
        """Join the team."""
        services.accept(get_object_or_404(self.get_queryset(), pk=pk), user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    def decline(self, request: UserApiRequest, pk: UUID) -> Response:
        """Say no."""
        services.decline(get_object_or_404(self.get_queryset(), pk=pk), user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def governed(request: UserApiRequest, team_id: UUID) -> Team:
    """A team that the caller owns. Raises `PermissionDenied` for other members, `Http404` for others."""
    teams, user = Team.objects, request.user
    return find(teams.governed_by(user), teams.visible_to(user), pk=team_id)
