"""Webhooks for operators."""

from django.contrib import admin

from accounts.operators import ReadOnlyAdmin
from executions.webhooks.models import Delivery, Webhook


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    """Webhooks, without their values and secrets."""

    list_display = ("name", "user", "graph_id", "signature", "is_paused")
    list_filter = ("signature", "is_paused")
    list_select_related = ("user",)
    search_fields = ("name", "user__email", "=graph__id")
    ordering = ("-created_at", "-pk")
    exclude = ("inputs", "secret", "token_hash")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What came of deliveries."""

    list_display = ("webhook", "received_at", "result", "execution_id", "count")
    list_filter = ("result", "received_at")
    list_select_related = ("webhook",)
    search_fields = ("=webhook__id", "=execution__id")
    ordering = ("-received_at", "-pk")
