"""What lets programs in: API keys and logins."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import keys
from accounts.errors import KeyRevokedError
from accounts.models import ApiKey, LoginSession
from accounts.operators import ReadOnlyAdmin


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """API keys; their text is not known here either."""

    list_display = (
        "name",
        "prefix",
        "user",
        "is_active",
        "revoked_at",
        "last_used_at",
        "expires_at",
        "rate_limit",
    )
    list_filter = ("is_active", "created_at", "expires_at")
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__email")
    ordering = ("-created_at", "-pk")
    exclude = ("hash",)
    actions = ("suspend", "resume", "revoke")

    @admin.action(description=gettext_lazy("Suspend"), permissions=["operate"])
    def suspend(self, request: HttpRequest, api_keys: QuerySet[ApiKey]) -> None:
        """Close them until they are resumed."""
        self._each(request, api_keys, keys.suspend)

    @admin.action(description=gettext_lazy("Resume"), permissions=["operate"])
    def resume(self, request: HttpRequest, api_keys: QuerySet[ApiKey]) -> None:
        """Open them again."""
        self._each(request, api_keys, keys.resume)

    @admin.action(description=gettext_lazy("Revoke for ever"), permissions=["operate"])
    def revoke(self, request: HttpRequest, api_keys: QuerySet[ApiKey]) -> None:
        """Close them for ever."""
        self._each(request, api_keys, keys.revoke)

    def _each(self, request: HttpRequest, api_keys: QuerySet[ApiKey], verb: Any) -> None:
        for key in api_keys:
            try:
                verb(key)
            except KeyRevokedError as error:
                self.message_user(request, f"{key}: {error}", messages.ERROR)
            else:
                self.message_user(request, _("%(key)s: done.") % {"key": key})


@admin.register(LoginSession)
class LoginSessionAdmin(ReadOnlyAdmin):
    """Logins with programs, and how they ended."""

    list_display = ("user", "created_at", "renewed_at", "expires_at", "ended_at", "end_reason")
    list_filter = ("end_reason", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-created_at", "-pk")
    exclude = ("hash", "login_hash")
