"""Runs, node executions, events and workers, for operators: to look at, and to stop."""

import json

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.errors import AccountError
from accounts.operators import ReadOnlyAdmin
from blocks.templatetags.values import duration
from executions import services
from executions.models import Event, Execution, NodeExecution, StaticValue, StoredValue, Worker
from graphs.errors import GraphError

SHOWN_CHARACTERS = 20_000


def _as_json(value: object) -> SafeString:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return format_html("<pre>{}</pre>", text[:SHOWN_CHARACTERS])


class _ValuesAdmin(ReadOnlyAdmin):
    """Rows with inputs and outputs, which lists do without."""

    exclude = ("inputs", "outputs")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Execution | NodeExecution]:
        """Values can be large: they are read only for the page of one row."""
        return super().get_queryset(request).defer("inputs", "outputs")

    @admin.display(description=_("inputs"))
    def all_inputs(self, row: Execution | NodeExecution) -> SafeString:
        """As JSON."""
        return _as_json(row.inputs)

    @admin.display(description=_("outputs"))
    def all_outputs(self, row: Execution | NodeExecution) -> SafeString:
        """As JSON."""
        return _as_json(row.outputs)

    @admin.display(description=_("took"))
    def took(self, row: Execution | NodeExecution) -> str:
        """Until now, if it goes on."""
        return duration(row.duration)


@admin.register(Execution)
class ExecutionAdmin(_ValuesAdmin):
    """Runs."""

    list_display = (
        *("id", "graph", "user", "status", "source", "node_count", "error_count"),
        *("cost", "took", "created_at"),
    )
    list_filter = ("status", "source", "created_at", ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("graph", "user")
    search_ids = ("pk",)
    search_fields = ("graph__name", "user__email")
    ordering = ("-pk",)  # ids begin with the time
    readonly_fields = ("took", "lists", "all_inputs", "all_outputs")
    actions = ("stop", "requeue", "replay")

    @admin.action(description=_("Stop selected runs"), permissions=["operate"])
    def stop(self, request: HttpRequest, runs: QuerySet[Execution]) -> None:
        """None of their nodes starts any more."""
        count = sum(services.stop(run) is not None for run in runs)
        text = ngettext("%(n)d run is stopped.", "%(n)d runs are stopped.", count)
        self.message_user(request, text % {"n": count})

    @admin.action(description=_("Queue what they do again"), permissions=["operate"])
    def requeue(self, request: HttpRequest, runs: QuerySet[Execution]) -> None:
        """For runs that hang: other workers take over."""
        count = sum(services.requeue(run) for run in runs)
        text = ngettext(
            "%(n)d attempt was taken from its worker.",
            "%(n)d attempts were taken from their workers.",
            count,
        )
        self.message_user(request, text % {"n": count})

    @admin.action(description=_("Run again with the same inputs"), permissions=["operate"])
    def replay(self, request: HttpRequest, runs: QuerySet[Execution]) -> None:
        """In the name of whoever has started them, who pays for it."""
        for run in runs.select_related("version", "user"):
            try:
                again = services.replay(run)
            except (GraphError, AccountError) as error:
                self.message_user(request, f"{run}: {error}", messages.ERROR)
            else:
                url = reverse("admin:executions_execution_change", args=[again.pk])
                link = format_html('{}: <a href="{}">{}</a>', run, url, again)
                self.message_user(request, link)

    @admin.display(description=_("lists"))
    def lists(self, run: Execution) -> SafeString:
        """Where its node executions and events are listed."""
        query = f"?execution__id__exact={run.pk}"
        nodes = reverse("admin:executions_nodeexecution_changelist") + query
        events = reverse("admin:executions_event_changelist") + query
        return format_html(
            '<a href="{}">{}</a> · <a href="{}">{}</a>',
            *(nodes, _("Node executions"), events, _("Events")),
        )


class _PartOfRunAdmin(ReadOnlyAdmin):
    """Rows that are listed for one run."""

    @admin.display(description=_("run"), ordering="execution")
    def run(self, row: NodeExecution | Event | StaticValue) -> SafeString:
        """A link, without reading the run."""
        url = reverse("admin:executions_execution_change", args=[row.execution_id])
        return format_html('<a href="{}">{}</a>', url, row.execution_id)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """The list of one run."""
        is_run = lookup == "execution__id__exact"
        return is_run or super().lookup_allowed(lookup, value, request)


@admin.register(NodeExecution)
class NodeExecutionAdmin(_PartOfRunAdmin, _ValuesAdmin):
    """Firings of nodes."""

    list_display = (
        *("id", "run", "node_id", "block_id", "position", "status", "attempts"),
        *("losses", "worker", "lease_until", "took"),
    )
    list_filter = ("status", "queued_at")
    search_ids = ("pk", "execution")
    search_fields = ("node_id__exact", "block_id__exact")
    ordering = ("-pk",)  # ids begin with the time
    readonly_fields = ("took", "all_inputs", "all_outputs")


@admin.register(Event)
class EventAdmin(_PartOfRunAdmin):
    """What watchers were told."""

    list_display = ("id", "run", "seq", "kind", "created_at")
    list_filter = ("kind", "created_at")
    search_ids = ("execution",)
    search_fields = ("=execution__id",)
    ordering = ("-pk",)


@admin.register(StaticValue)
class StaticValueAdmin(_PartOfRunAdmin):
    """Values that stay on pins."""

    list_display = ("id", "run", "node_id", "pin")
    search_ids = ("execution",)
    search_fields = ("=execution__id", "=node_id")
    ordering = ("-pk",)


@admin.register(StoredValue)
class StoredValueAdmin(ReadOnlyAdmin):
    """Values that outlive their run."""

    list_display = ("owner", "graph", "key", "updated_at")
    list_select_related = ("owner", "graph")
    search_fields = ("=owner__email", "=graph__id", "key")
    ordering = ("-pk",)


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    """Processes that run node executions."""

    list_display = ("host", "pid", "started_at", "seen_at", "stopped_at")
    list_filter = (("stopped_at", admin.EmptyFieldListFilter), "started_at")
    search_fields = ("host", "=pid")
    ordering = ("-seen_at", "-pk")
