"""The pages that look into runs: how they went lately, comparing two, the log of one, one as a file, and what the next may take."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.http import UserRequest
from executions.insight import comparing
from executions.insight.dashboard import dashboard_of
from executions.insight.estimates import analysis_of
from executions.insight.export import exported
from executions.insight.log import log_of
from executions.models import Execution
from graphs import drafts
from graphs.errors import InvalidGraphError
from graphs.finding import editable_graph
from graphs.gallery import TEMPLATES
from graphs.models import Graph
from graphs.translating import translated

STARTING_TEMPLATES = 6


@login_required
@require_GET
def dashboard(request: UserRequest) -> HttpResponse:
    context = {
        "dashboard": dashboard_of(request.user),
        "has_graphs": Graph.objects.owned_by(request.user).exists(),
        "templates": list(TEMPLATES.values())[:STARTING_TEMPLATES],
    }
    return render(request, "executions/dashboard.html", context)


@login_required
@require_GET
def compare(request: UserRequest, pk: UUID) -> HttpResponse:
    runs = Execution.objects.visible_to(request.user).select_related("graph", "version")
    execution = get_object_or_404(runs, pk=pk)
    try:
        choice = comparing.choice_for(execution, _wanted(request))
    except Execution.DoesNotExist:
        raise Http404 from None
    found = comparing.compare(execution, choice.chosen) if choice.chosen else None
    context = {"execution": execution, "choice": choice, "comparison": found}
    return render(request, "executions/compare.html", context)


def _wanted(request: UserRequest) -> UUID | None:
    given = request.GET.get("run", "")
    try:
        return UUID(given) if given else None
    except ValueError:
        raise Http404 from None


@login_required
@require_GET
def estimate(request: UserRequest, graph_pk: UUID) -> HttpResponse:
    graph = editable_graph(request.user, graph_pk)
    try:
        drawing = drafts.drawing_of(graph=graph, user=request.user)
    except InvalidGraphError:  # the list of problems says so
        return HttpResponse(status=204)
    found = analysis_of(graph, drawing)
    titles = [drawing.nodes[each].title for each in found.critical_path]
    context = {
        "analysis": found,
        "titles": titles,
        "suggestions": map(translated, found.suggestions),
    }
    return render(request, "executions/estimate.html", context)


@login_required
@require_GET
def log(request: UserRequest, pk: UUID) -> HttpResponse:
    execution = get_object_or_404(Execution.objects.visible_to(request.user), pk=pk)
    page, entries = log_of(execution, request.GET.get("page"))
    context = {"execution": execution, "page": page, "entries": entries}
    return render(request, "executions/log.html", context)


@login_required
@require_GET
def export(request: UserRequest, pk: UUID) -> HttpResponse:
    runs = Execution.objects.visible_to(request.user).select_related("version__graph")
    execution = get_object_or_404(runs, pk=pk)
    record(Action.EXPORT, actor=request.user, target=f"run {execution.pk}")
    return JsonResponse(
        exported(execution),
        headers={"Content-Disposition": f'attachment; filename="run-{execution.pk}.json"'},
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
