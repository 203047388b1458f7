"""Retention for operators."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.http import UserRequest
from accounts.operators import ReadOnlyAdmin, TableAdmin
from executions.retention import services
from executions.retention.models import DataExport, Erasure, Policy, Sweep


@admin.register(Policy)
class PolicyAdmin(TableAdmin):
    """How long things of people are kept; theirs and the installation's, the shorter counts."""

    autocomplete_fields = ("user",)
    list_display = ("user", "run_days", "event_days", "file_days")
    list_filter = ("run_days",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-pk",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Policy | None = None
    ) -> tuple[str, ...]:
        """Whose it is does not change."""
        return ("user",) if obj else ()


@admin.register(Sweep)
class SweepAdmin(ReadOnlyAdmin):
    """What was deleted because it was too old, and a button to do it now."""

    list_display = ("began_at", "ended_at", "weeks", "runs", "events", "files")
    list_filter = ("began_at",)
    ordering = ("-began_at", "-pk")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with how long things are kept."""
        return super().changelist_view(request, {"kept": services.of_installation()})

    def get_urls(self) -> list[URLPattern]:
        """The list, and the verb."""
        begin = path("begin/", self.admin_site.admin_view(self.begin), name="retention_sweep_begin")
        return [begin, *super().get_urls()]

    @method_decorator(require_POST)
    def begin(self, request: UserRequest) -> HttpResponse:
        """Have a worker delete now what is too old."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        services.ask_to_sweep()
        record(Action.ADMIN, actor=request.user, target="retention", verb="sweep")
        self.message_user(request, _("A worker begins to delete what is too old."))
        return redirect("admin:retention_sweep_changelist")


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
