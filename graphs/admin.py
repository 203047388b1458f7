"""Graphs, their versions, nodes and links, for operators."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.operators import ReadOnlyAdmin
from graphs.models import Graph, GraphQuerySet, GraphVersion, Link, Node

if TYPE_CHECKING:
    TabularInline = admin.TabularInline[GraphVersion, Graph]
else:
    TabularInline = admin.TabularInline  # generic for the type checker only


class VersionInline(TabularInline):
    """The versions of a graph."""

    model = GraphVersion
    fields = readonly_fields = ("version", "is_active", "created_at")
    ordering = ("-version",)
    show_change_link = True
    can_delete = False
    max_num = extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Graph | None = None) -> bool:
        """Whoever sees the graph sees its versions."""
        return True


@admin.register(Graph)
class GraphAdmin(ReadOnlyAdmin):
    """Graphs, deleted ones too."""

    list_display = ("name", "owner", "active_version", "node_count", "updated_at", "deleted_at")
    list_filter = ("updated_at", ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("owner",)
    search_fields = ("name", "owner__email", "=id")
    ordering = ("-updated_at", "-pk")
    inlines = (VersionInline,)

    def get_queryset(self, request: HttpRequest) -> GraphQuerySet:
        """With the number of the active version."""
        return Graph.objects.with_active_version()

    @admin.display(description=_("active version"))
    def active_version(self, graph: Graph) -> int | None:
        """Its number."""
        return getattr(graph, "active_version", None)

    @admin.display(description=_("nodes"))
    def node_count(self, graph: Graph) -> int:
        """Of the active version."""
        return getattr(graph, "node_count", 0)


@admin.register(GraphVersion)
class GraphVersionAdmin(ReadOnlyAdmin):
    """One saved state of a graph."""

    list_display = ("graph", "version", "is_active", "created_at", "parts")
    list_filter = ("is_active", "created_at")
    list_select_related = ("graph",)
    search_fields = ("graph__name", "=graph__id")
    ordering = ("-created_at", "-pk")
    readonly_fields = ("parts",)

    @admin.display(description=_("parts"))
    def parts(self, version: GraphVersion) -> SafeString:
        """Where its nodes and links are listed."""
        query = f"?version__id__exact={version.pk}"
        nodes = reverse("admin:graphs_node_changelist") + query
        links = reverse("admin:graphs_link_changelist") + query
        return format_html(
            '<a href="{}">{}</a> · <a href="{}">{}</a>', nodes, _("Nodes"), links, _("Links")
        )


@admin.register(Node)
class NodeAdmin(ReadOnlyAdmin):
    """Nodes."""

    list_display = ("node_id", "block_id", "version")
    list_select_related = ("version__graph",)
    search_fields = ("=node_id", "=block_id", "version__graph__name")
    ordering = ("version", "index")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Node]:
        """Without the values in lists."""
        return super().get_queryset(request).defer("metadata")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """The list of one version."""
        return lookup == "version__id__exact" or super().lookup_allowed(lookup, value, request)


@admin.register(Link)
class LinkAdmin(ReadOnlyAdmin):
    """Links."""

    list_display = ("source", "source_name", "sink", "sink_name", "is_static", "version")
    list_filter = ("is_static",)
    list_select_related = ("version__graph", "source", "sink")
    search_fields = ("source_name", "sink_name", "version__graph__name")
    ordering = ("version", "index")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """The list of one version."""
        return lookup == "version__id__exact" or super().lookup_allowed(lookup, value, request)
