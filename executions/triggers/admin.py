"""Triggers for operators."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.operators import ReadOnlyAdmin
from executions.triggers import schedules
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
    actions = ("pause", "resume")

    @admin.action(description=_("Pause"), permissions=["operate"])
    def pause(self, request: HttpRequest, rows: QuerySet[Schedule]) -> None:
        """Nothing is due until they are resumed."""
        count = _set_paused(rows, True)
        text = ngettext("%(n)d schedule is paused.", "%(n)d schedules are paused.", count)
        self.message_user(request, text % {"n": count})

    @admin.action(description=_("Resume"), permissions=["operate"])
    def resume(self, request: HttpRequest, rows: QuerySet[Schedule]) -> None:
        """Go on with the next due time."""
        count = _set_paused(rows, False)
        text = ngettext("%(n)d schedule goes on.", "%(n)d schedules go on.", count)
        self.message_user(request, text % {"n": count})


def _set_paused(rows: QuerySet[Schedule], is_paused: bool) -> int:
    """How many were not so before."""
    others = list(rows.exclude(is_paused=is_paused))
    for schedule in others:
        schedules.set_paused(schedule, is_paused)
    return len(others)


@admin.register(Tick)
class TickAdmin(ReadOnlyAdmin):
    """Due times that have passed."""

    list_display = ("schedule", "due_at", "taken_at", "result", "execution_id")
    list_filter = ("result", "due_at")
    list_select_related = ("schedule",)
    search_fields = ("=schedule__id", "=execution__id")
    ordering = ("-due_at", "-pk")
