"""Teams as JSON."""

from typing import Any

from rest_framework import serializers

from accounts.serializers import StrictSerializer
from accounts.teams.models import Invitation, Membership, Team, TeamRole


class TeamSerializer(serializers.ModelSerializer[Team]):
    """A team; `role` is what the caller is in it."""

    role = serializers.ChoiceField(choices=TeamRole.choices)
    member_count = serializers.IntegerField()

    class Meta:
        model = Team
        fields: tuple[str, ...] = ("id", "name", "role", "member_count", "created_at")
        read_only_fields = fields


class TeamNameSerializer(StrictSerializer):
    """What a team is called."""

    name = serializers.CharField(max_length=100)


class MemberSerializer(serializers.ModelSerializer[Membership]):
    """Somebody in a team."""

    id = serializers.UUIDField(source="user_id", help_text="Of the user.")
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name")
    role = serializers.ChoiceField(choices=TeamRole.choices)

    class Meta:
        model = Membership
        fields = ("id", "email", "name", "role", "joined_at")
        read_only_fields = fields


class TeamRoleSerializer(StrictSerializer):
    """What somebody is to be in a team."""

    role = serializers.ChoiceField(choices=TeamRole.choices)


class InviteSerializer(TeamRoleSerializer):
    """Whom to ask, and as what."""

    email = serializers.EmailField(max_length=254)


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """Somebody who was asked into a team."""

    team = serializers.CharField(source="team.name")
    team_id = serializers.UUIDField()
    role = serializers.ChoiceField(choices=TeamRole.choices)

    class Meta:
        model = Invitation
        fields = ("id", "team_id", "team", "email", "role", "created_at", "expires_at")
        read_only_fields = fields


class ShareSerializer(StrictSerializer):
    """The team that something is shared with; null for none."""

    team_id: Any = serializers.UUIDField(allow_null=True)
