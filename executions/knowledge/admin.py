"""Knowledge for operators: whose it is and how far it is indexed, not what it says."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.operators import ReadOnlyAdmin
from executions.knowledge import services
from executions.knowledge.models import Collection, Document


@admin.register(Collection)
class CollectionAdmin(ReadOnlyAdmin):
    """Collections."""

    list_display = ("name", "owner", "model", "dimension", "created_at")
    list_filter = ("model", "created_at")
    list_select_related = ("owner",)
    search_fields = ("name", "owner__email", "=id")
    ordering = ("-created_at", "-pk")
    actions = ("embed_again",)

    @admin.action(description=gettext_lazy("Make all vectors anew"), permissions=["operate"])
    def embed_again(self, request: HttpRequest, collections: QuerySet[Collection]) -> None:
        """For a model that gives others than it did."""
        for collection in collections:
            services.embed_again(collection)
            self.message_user(request, _("%(collection)s: done.") % {"collection": collection})


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """Documents."""

    list_display = ("name", "collection", "status", "passage_count", "attempts", "updated_at")
    list_filter = ("status", "created_at")
    list_select_related = ("collection",)
    search_fields = ("name", "collection__name", "collection__owner__email", "=id")
    ordering = ("-created_at", "-pk")
    actions = ("index_again",)

    @admin.action(description=gettext_lazy("Index again"), permissions=["operate"])
    def index_again(self, request: HttpRequest, documents: QuerySet[Document]) -> None:
        """For what failed by something that is mended now."""
        for document in documents:
            services.refresh_document(document)
            self.message_user(request, _("%(document)s: done.") % {"document": document})
