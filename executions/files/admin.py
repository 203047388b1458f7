"""Files for operators: whose they are and how large, not what is in them."""

from django.contrib import admin

from accounts.operators import ReadOnlyAdmin
from executions.files.models import StoredFile


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    """Files."""

    list_display = ("name", "owner", "content_type", "size", "execution_id", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("owner",)
    search_fields = ("name", "owner__email", "=id", "=execution__id")
    ordering = ("-created_at", "-pk")
    exclude = ("content",)
