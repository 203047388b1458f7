"""The audit log for operators."""

from django.contrib import admin

from accounts.audit.models import AuditEntry
from accounts.operators import ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The audit log: to be searched, never to be changed."""

    list_display = ("created_at", "action", "actor_name", "target", "address", "request_id")
    list_filter = ("action", "created_at")
    search_fields = ("actor_name", "target", "address", "=request_id")
    ordering = ("-created_at", "-id")
