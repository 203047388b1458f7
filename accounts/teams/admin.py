"""Teams for operators."""

from django.contrib import admin

from accounts.operators import ReadOnlyAdmin
from accounts.teams.models import Invitation, Membership, Team


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    """Which teams there are."""

    list_display = ("name", "created_at")
    search_fields = ("name", "=id")
    ordering = ("-created_at", "-pk")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who is in which team."""

    list_display = ("user", "team", "role", "joined_at")
    list_filter = ("role",)
    list_select_related = ("user", "team")
    search_fields = ("user__email", "team__name", "=team__id")
    ordering = ("-pk",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Who was asked into which team."""

    list_display = ("email", "team", "role", "invited_by", "expires_at")
    list_select_related = ("team", "invited_by")
    search_fields = ("email", "team__name", "=team__id")
    ordering = ("-created_at", "-pk")
