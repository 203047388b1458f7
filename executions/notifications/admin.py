"""Notifications for operators."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.operators import ReadOnlyAdmin
from executions.notifications import services
from executions.notifications.models import Dispatch, Endpoint, Notification


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """What users were told."""

    list_display = ("event", "user", "created_at", "read_at", "is_spread")
    list_filter = ("event", "is_spread", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "=execution__id")
    ordering = ("-created_at", "-pk")


@admin.register(Endpoint)
class EndpointAdmin(ReadOnlyAdmin):
    """Where notifications are posted, without the secrets."""

    list_display = ("name", "user", "url", "is_paused", "failing_since")
    list_filter = ("is_paused",)
    list_select_related = ("user",)
    search_fields = ("name", "user__email")
    ordering = ("-created_at", "-pk")
    exclude = ("secret",)


@admin.register(Dispatch)
class DispatchAdmin(ReadOnlyAdmin):
    """What is on its way, was sent, and was given up."""

    list_display = ("subject", "user", "endpoint", "status", "attempts", "due_at", "sent_at")
    list_filter = ("status", "created_at")
    list_select_related = ("user", "endpoint")
    search_fields = ("user__email", "=endpoint__id", "=id")
    ordering = ("-created_at", "-pk")
    exclude = ("body",)
    actions = ("resend",)

    @admin.action(description=_("Send again"), permissions=["operate"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Dispatch]) -> None:
        """From the first attempt on."""
        dispatches = [services.resend(each) for each in queryset]
        text = ngettext(
            "%(n)d message is sent again.", "%(n)d messages are sent again.", len(dispatches)
        )
        self.message_user(request, text % {"n": len(dispatches)})
