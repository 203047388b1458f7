"""Triggers for operators."""

from django.contrib import admin

from accounts.operators import ReadOnlyAdmin
from executions.triggers.models import Preset, Schedule, Tick


@admin.register(Preset)
class PresetAdmin(ReadOnlyAdmin):
    """Presets, without their values."""

    list_display = ("name", "user", "graph_id", "updated_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__email", "=graph__id")
    ordering = ("-created_at", "-pk")
    exclude = ("inputs",)


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyAdmin):
    """Schedules, without their values."""

    list_display = ("name", "user", "graph_id", "kind", "next_due_at", "is_paused")
    list_filter = ("kind", "is_paused")
    list_select_related = ("user",)
    search_fields = ("name", "user__email", "=graph__id")
    ordering = ("-created_at", "-pk")
    exclude = ("inputs",)


@admin.register(Tick)
class TickAdmin(ReadOnlyAdmin):
    """Due times that have passed."""

    list_display = ("schedule", "due_at", "taken_at", "result", "execution_id")
    list_filter = ("result", "due_at")
    list_select_related = ("schedule",)
    search_fields = ("=schedule__id", "=execution__id")
    ordering = ("-due_at", "-pk")
