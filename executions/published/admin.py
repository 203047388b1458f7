"""Published pages for operators."""

from django.contrib import admin

from accounts.operators import ReadOnlyAdmin
from executions.published.models import PageRun, PublishedPage


@admin.register(PublishedPage)
class PublishedPageAdmin(ReadOnlyAdmin):
    """Pages, without their values and addresses."""

    list_display = ("name", "user", "graph_id", "kind", "is_public", "daily_credits", "is_paused")
    list_filter = ("kind", "is_public", "is_paused")
    list_select_related = ("user",)
    search_fields = ("name", "user__email", "=graph__id")
    ordering = ("-created_at", "-pk")
    exclude = ("inputs", "token")


@admin.register(PageRun)
class PageRunAdmin(ReadOnlyAdmin):
    """What visitors have started, without what they said."""

    list_display = ("page", "execution_id", "created_at")
    list_select_related = ("page",)
    search_fields = ("=page__id", "=execution__id")
    ordering = ("-created_at", "-pk")
    exclude = ("message", "visitor")
