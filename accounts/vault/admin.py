"""Credentials for operators: whose they are and when they were used, never what they are."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.operators import ReadOnlyAdmin
from accounts.vault import services
from accounts.vault.models import Credential, CredentialUse


@admin.register(Credential)
class CredentialAdmin(ReadOnlyAdmin):
    """The vault from outside."""

    list_display = (
        *("title", "provider", "type", "user", "is_default"),
        *("last_used_at", "expires_at", "revoked_at"),
    )
    list_filter = ("provider", "type", "created_at")
    list_select_related = ("user",)
    search_fields = ("title", "provider", "user__email", "=id")
    ordering = ("-created_at", "-pk")
    exclude = ("secret",)
    actions = ("revoke",)

    @admin.action(description=gettext_lazy("Revoke for ever"), permissions=["operate"])
    def revoke(self, request: HttpRequest, credentials: QuerySet[Credential]) -> None:
        """Forget their secrets."""
        for credential in credentials:
            services.revoke(credential)
            self.message_user(request, _("%(credential)s: done.") % {"credential": credential})


@admin.register(CredentialUse)
class CredentialUseAdmin(ReadOnlyAdmin):
    """Who used which credential when."""

    list_display = ("used_at", "credential", "block_id", "node_id", "execution_id")
    list_filter = ("used_at",)
    list_select_related = ("credential",)
    search_fields = ("=execution_id", "=credential__id")
    ordering = ("-pk",)
