"""Mailboxes for operators."""

from django.contrib import admin

from accounts.operators import ReadOnlyAdmin
from executions.mailboxes.models import Arrival, Mailbox


@admin.register(Mailbox)
class MailboxAdmin(ReadOnlyAdmin):
    """Mailboxes, without their values."""

    list_display = ("name", "user", "graph_id", "server", "looked_at", "is_paused")
    list_filter = ("is_paused",)
    list_select_related = ("user",)
    search_fields = ("name", "user__email", "=graph__id", "server")
    ordering = ("-created_at", "-pk")
    exclude = ("inputs",)


@admin.register(Arrival)
class ArrivalAdmin(ReadOnlyAdmin):
    """What came of mails, without who sent what."""

    list_display = ("mailbox", "received_at", "result", "execution_id")
    list_filter = ("result", "received_at")
    list_select_related = ("mailbox",)
    search_fields = ("=mailbox__id", "=execution__id")
    ordering = ("-received_at", "-pk")
    exclude = ("sender", "subject")
