"""The pages of runs: list, one run live, starting and stopping."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from accounts.errors import RunRefusedError
from accounts.http import UserRequest, query_of
from accounts.limits.middleware import limited_as
from accounts.limits.rates import RouteClass
from accounts.lists import listing_of, several
from accounts.teams.finding import find
from executions import bulk, results, services
from executions.errors import NotWaitingError, StillRunningError
from executions.inbox import services as inbox
from executions.inbox.forms import ApprovalForm
from executions.inbox.models import asked_of
from executions.insight import node_rows, previews
from executions.insight.spent import spent
from executions.models import Execution, ExecutionQuerySet
from executions.notifications.models import Notification
from executions.pages import run_pages
from executions.pages.filters import RunFilter
from executions.replays import services as replays
from executions.trials import previewing
from graphs.errors import InvalidGraphError
from graphs.finding import visible_graph
from graphs.translating import said

RECENT_RUNS = 5
UNPROCESSABLE = 422


@login_required
@require_GET
def execution_list(request: UserRequest) -> HttpResponse:
    runs = Execution.objects.for_lists().newest_first()
    listing = listing_of(request, RunFilter, runs, verbs=bulk.VERBS)
    any_open = any(not run.has_ended for run in listing.page)
    return render(request, "executions/list.html", {"listing": listing, "any_open": any_open})


with_several = several(bulk.oldest_first, bulk.VERBS, "executions:list")


@login_required
@require_GET
def counters(request: UserRequest) -> HttpResponse:
    """What the menu of every page says beside its lines."""
    context = {
        "unread": Notification.objects.owned_by(request.user).unread().count(),
        "waiting": asked_of(request.user).count(),
        "running": Execution.objects.owned_by(request.user).unfinished().count(),
    }
    return render(request, "components/counters.html", context)


@login_required
@require_GET
def spending(request: UserRequest) -> HttpResponse:
    return render(request, "executions/spending.html", {"spent": spent(request.user)})


@login_required
@require_GET
def execution_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    execution = _shown(request, pk)
    context = run_pages.run_page(execution, request.user)
    return render(request, "executions/detail.html", context)


@login_required
@require_GET
def live_parts(request: UserRequest, pk: UUID) -> HttpResponse:
    parts = run_pages.live_parts(_shown(request, pk), request.user, query_of(request))
    return render(request, "executions/live.html", parts)


@login_required
@require_GET
def node_table(request: UserRequest, pk: UUID) -> HttpResponse:
    execution = get_object_or_404(_runs(request), pk=pk)
    table = node_rows.table_of(execution, query_of(request))
    return render(request, "executions/node_table.html", {"execution": execution, "table": table})


@login_required
@require_GET
def node_previews(request: UserRequest, pk: UUID) -> HttpResponse:
    execution = get_object_or_404(_runs(request).select_related("version"), pk=pk)
    return JsonResponse(previews.previews_of(execution))


@login_required
@require_GET
def run_results(request: UserRequest, pk: UUID) -> HttpResponse:
    execution = get_object_or_404(_runs(request), pk=pk)
    context = {"execution": execution, "outputs": results.outputs_of(execution)}
    return render(request, "executions/results.html", context)


@login_required
@require_GET
def last_values(request: UserRequest, graph_pk: UUID) -> HttpResponse:
    graph = visible_graph(request.user, graph_pk)
    firing = previewing.newest_firing(graph, request.user, query_of(request).get("node", ""))
    execution = firing and firing.execution
    page = firing and node_rows.firing_page(firing.execution, firing.node_id, firing)
    pinnable = previewing.pinnable(firing.block_id, page.outputs) if firing and page else ""
    context = {"execution": execution, "page": page, "pinnable": pinnable}
    return render(request, "executions/last_values.html", context)


@login_required
@require_GET
def node_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    execution = get_object_or_404(_runs(request), pk=pk)
    page = node_rows.firing_page(execution, query_of(request).get("node", ""), None)
    return render(request, "executions/firing.html", {"execution": execution, "page": page})


@login_required
@require_GET
def firing_detail(request: UserRequest, pk: UUID, firing_pk: UUID) -> HttpResponse:
    execution = get_object_or_404(_runs(request), pk=pk)
    firing = get_object_or_404(execution.node_executions, pk=firing_pk)
    page = node_rows.firing_page(execution, firing.node_id, firing)
    return render(request, "executions/firing.html", {"execution": execution, "page": page})


@login_required
@require_GET
def values(request: UserRequest, pk: UUID, firing_pk: UUID) -> HttpResponse:
    execution = get_object_or_404(_runs(request), pk=pk)
    firing = get_object_or_404(execution.node_executions, pk=firing_pk)
    page = node_rows.firing_page(execution, firing.node_id, firing)
    return _download({"inputs": page.inputs, "outputs": page.outputs}, f"{firing.pk}.json")


@login_required
@require_GET
def outputs(request: UserRequest, pk: UUID) -> HttpResponse:
    execution = get_object_or_404(_runs(request), pk=pk)
    return _download(results.outputs_of(execution), f"{execution.pk}.json")


def _download(data: object, name: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    form = {"ensure_ascii": False, "indent": 2}
    return JsonResponse(data, headers=disposition, json_dumps_params=form)


@login_required
@require_POST
def stop(request: UserRequest, pk: UUID) -> HttpResponse:
    services.stop(_own(request, pk))
    # The monitor of the page asks for what has changed; the button may be gone before this answer comes.
    return HttpResponse(status=204) if request.htmx else redirect("executions:detail", pk)


@login_required
@require_POST
def answer(request: UserRequest, pk: UUID, firing_pk: UUID) -> HttpResponse:
    firing = get_object_or_404(_own(request, pk).node_executions, pk=firing_pk)
    form = ApprovalForm(firing, request.POST)
    if not form.is_valid():
        context = {"form": form, "execution_pk": pk, "title": firing.node_id}
        return render(request, "executions/answer.html", context, status=UNPROCESSABLE)
    try:
        inbox.answer(firing, request.user, form.answer())
    except NotWaitingError as error:
        messages.error(request, said(error))
    return redirect("executions:detail", pk)


@limited_as(RouteClass.EXECUTE)
@login_required
@require_POST
def run_again(request: UserRequest, pk: UUID) -> HttpResponse:
    execution = _repeatable(request, pk)
    try:
        started = replays.run_again(execution, request.user)
    except (InvalidGraphError, RunRefusedError) as error:
        messages.error(request, said(error))
        return redirect("executions:detail", pk)
    return redirect("executions:detail", started.pk)


@login_required
@require_GET
def repeat(request: UserRequest, pk: UUID) -> HttpResponse:
    page = run_pages.repeat_page(_repeatable(request, pk), request.user)
    return render(request, "graphs/run.html", page.context())


@login_required
@require_POST
def delete(request: UserRequest, pk: UUID) -> HttpResponse:
    try:
        services.delete_execution(_own(request, pk))
    except StillRunningError as error:
        messages.error(request, said(error))
        return redirect("executions:detail", pk)
    messages.success(request, _("The run is deleted."))
    return redirect("executions:list")


@limited_as(RouteClass.EXECUTE)
@login_required
@require_http_methods(["GET", "POST"])
def start(request: UserRequest, graph_pk: UUID) -> HttpResponse:
    page = run_pages.start_page(request, graph_pk)
    execution = page.try_to_start(request.user) if request.method == "POST" else None
    if execution is None:
        template = "graphs/run_form.html" if request.htmx else "graphs/run.html"
        status = UNPROCESSABLE if request.method == "POST" else None
        return render(request, template, page.context(), status=status)
    if page.in_builder:
        return trigger_client_event(
            HttpResponse(status=204), "run-started", {"id": str(execution.pk)}
        )
    address = reverse("executions:detail", args=[execution.pk])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


@login_required
@require_GET
def recent_runs(request: UserRequest, graph_pk: UUID) -> HttpResponse:
    graph = visible_graph(request.user, graph_pk)
    runs = Execution.objects.of(graph).for_lists().select_related("user").newest_first()
    runs = runs[:RECENT_RUNS]
    return render(request, "executions/recent.html", {"graph": graph, "runs": runs})


def _runs(request: UserRequest) -> ExecutionQuerySet:
    """To look at."""
    return Execution.objects.visible_to(request.user)


def _shown(request: UserRequest, pk: UUID) -> Execution:
    """To look at, with what its page shows."""
    runs = _runs(request).select_related("graph", "version", "user", "recording")
    return get_object_or_404(runs, pk=pk)


def _repeatable(request: UserRequest, pk: UUID) -> Execution:
    """To start another run with what it was given."""
    runs = Execution.objects.select_related("version__graph")
    return find(runs.repeatable_by(request.user), runs.visible_to(request.user), pk=pk)


def _own(request: UserRequest, pk: UUID) -> Execution:
    """To do something with: it belongs to who has started it."""
    return find(Execution.objects.owned_by(request.user), _runs(request), pk=pk)
