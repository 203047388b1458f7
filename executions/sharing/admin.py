"""Shared runs for operators: which ones, not their links."""

from django.contrib import admin

from accounts.operators import ReadOnlyAdmin
from executions.sharing.models import SharedRun


@admin.register(SharedRun)
class SharedRunAdmin(ReadOnlyAdmin):
    """Links to runs."""

    list_display = ("execution", "created_at")
    list_filter = ("created_at",)
    search_fields = ("=execution__id",)
    ordering = ("-created_at", "-pk")
    exclude = ("token",)
