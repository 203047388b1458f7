"""Every address."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.views import choose_language
from config import api, health
from executions.metrics.views import metrics, system_page

# Whoever operates logs in as everybody does, with the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign, no-untyped-call]  # as its documentation has it

urlpatterns = [
    path("api/", include(api.urlpatterns)),
    path("external-api/v1/", include(api.external)),
    path("", RedirectView.as_view(pattern_name="executions:dashboard"), name="home"),
    path("language/", choose_language, name="set-language"),
    path("", include("accounts.identity.urls")),
    path("", include("accounts.urls")),
    path("", include("accounts.teams.urls")),
    path("", include("accounts.vault.urls")),
    path("", include("graphs.urls")),
    path("", include("executions.pages.urls")),
    path("", include("executions.evaluation.urls")),
    path("", include("executions.files.urls")),
    path("", include("executions.inbox.urls")),
    path("", include("executions.knowledge.urls")),
    path("", include("executions.mailboxes.urls")),
    path("", include("executions.notifications.urls")),
    path("", include("executions.retention.urls")),
    path("", include("executions.sharing.urls")),
    path("", include("executions.triggers.urls")),
    path("", include("executions.webhooks.urls")),
    path("", include("executions.published.urls")),
    path("", include("blocks.urls")),
    path("admin/system/", admin.site.admin_view(system_page), name="system"),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
