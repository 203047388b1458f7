"""Delegations for operators."""

from django.contrib import admin

from accounts.operators import ReadOnlyAdmin
from executions.inbox.models import Delegation


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    """Who was asked to answer what."""

    list_display = ("node_execution_id", "user", "by", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("user", "by")
    search_fields = ("user__email", "by__email", "=node_execution__id")
    ordering = ("-created_at", "-pk")
