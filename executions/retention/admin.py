"""Retention for operators."""

from django.contrib import admin

from accounts.operators import ReadOnlyAdmin
from executions.retention.models import DataExport, Erasure, Policy


@admin.register(Policy)
class PolicyAdmin(ReadOnlyAdmin):
    """How long people keep things."""

    list_display = ("user", "run_days", "event_days", "file_days")
    list_filter = ("run_days",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-pk",)


@admin.register(DataExport)
class DataExportAdmin(ReadOnlyAdmin):
    """Copies of people's data, not their contents."""

    list_display = ("user", "status", "size", "attempts", "created_at")
    list_filter = ("status", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-created_at", "-pk")
    exclude = ("content",)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """Accounts that are being deleted, and were."""

    list_display = ("user_id", "asked_at", "done_at")
    list_filter = ("asked_at", "done_at")
    search_fields = ("=user__id",)
    ordering = ("-asked_at", "-pk")
