"""The pages of test cases and evaluations."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import UserRequest
from accounts.limits.middleware import limited_as
from accounts.limits.rates import RouteClass
from accounts.teams.finding import find
from accounts.teams.models import VIEWERS
from executions.errors import NotRecordableError, UnknownNameError
from executions.evaluation import services, tables
from executions.evaluation.checks import MAX_CHECKS
from executions.evaluation.forms import CaseForm, CheckForm, DataSetForm
from executions.evaluation.models import Evaluation
from executions.models import Execution
from graphs.errors import InvalidGraphError
from graphs.finding import editable_graph, editable_version
from graphs.models import GraphVersion, TestCase, open_to
from graphs.pages import number_in
from graphs.translating import said

UNPROCESSABLE = 422
NEWEST = 20
SHOWN = 5  # on the page of a graph


@limited_as(RouteClass.EXECUTE)
@login_required
@require_http_methods(["GET", "POST"])
def tests(request: UserRequest, graph_pk: UUID) -> HttpResponse:
    """The test cases of a graph; a POST tries a version with a data set."""
    version = editable_version(request.user, graph_pk, number_in(request))
    form = DataSetForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        name, text = form.cleaned_data["file"]
        try:
            started = services.start_data_set(
                version=version,
                user=request.user,
                name=name,
                text=text,
                at_once=form.cleaned_data["at_once"],
            )
        except (NotRecordableError, UnknownNameError) as error:
            form.add_error("file", said(error))
        else:
            return redirect("evaluation:detail", started.pk)
    evaluations = Evaluation.objects.owned_by(request.user).filter(graph=version.graph)
    context = {
        "graph": version.graph,
        "version": version,
        "versions": version.graph.versions.newest_first()[:NEWEST],
        "cases": version.graph.test_cases.defer("answers", "inputs"),
        "check_form": CheckForm(auto_id=False),
        "evaluations": evaluations.select_related("version").newest_first()[:NEWEST],
        "form": form,
    }
    status = UNPROCESSABLE if form.is_bound else None
    return render(request, "evaluation/tests.html", context, status=status)


@limited_as(RouteClass.EXECUTE)
@login_required
@require_POST
def run_tests(request: UserRequest, graph_pk: UUID) -> HttpResponse:
    """Of a version, or with `?draft` of what the user has in the builder."""
    version: GraphVersion = editable_version(request.user, graph_pk, number_in(request))
    try:
        if "draft" in request.GET:
            version = services.version_of_draft(graph=version.graph, user=request.user)
        started = services.start_tests(version=version, user=request.user)
    except (NotRecordableError, InvalidGraphError) as error:
        messages.error(request, said(error))
        return redirect("evaluation:tests", graph_pk)
    return redirect("evaluation:detail", started.pk)


@login_required
@require_GET
def verdicts(request: UserRequest, graph_pk: UUID) -> HttpResponse:
    """For the page of a graph: what its newest tests have come to, version by version."""
    graph = editable_graph(request.user, graph_pk)
    newest = Evaluation.objects.owned_by(request.user).of_tests(graph).counted()
    context = {"graph": graph, "evaluations": newest[:SHOWN], "cases": graph.test_cases.count()}
    return render(request, "evaluation/verdicts.html", context)


@login_required
@require_POST
def save_case(request: UserRequest, pk: UUID) -> HttpResponse:
    runs = Execution.objects.select_related("graph__trial_of")
    execution = find(runs.repeatable_by(request.user), runs.visible_to(request.user), pk=pk)
    form = CaseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the test case a name of 1 to 100 characters."))
        return redirect("executions:detail", pk)
    try:
        services.save_case(execution=execution, name=form.cleaned_data["name"])
    except NotRecordableError as error:
        messages.error(request, said(error))
        return redirect("executions:detail", pk)
    messages.success(request, _("The test case is saved."))
    return redirect("evaluation:tests", execution.graph_id)


@login_required
@require_POST
def delete_case(request: UserRequest, pk: UUID) -> HttpResponse:
    case = _case(request, pk)
    case.delete()
    return redirect("evaluation:tests", case.graph_id)


@login_required
@require_POST
def add_check(request: UserRequest, pk: UUID) -> HttpResponse:
    case, form = _case(request, pk), CheckForm(request.POST)
    if not form.is_valid():
        for problem in form.errors.values():
            messages.error(request, " ".join(map(str, problem)))
    elif len(case.checks) >= MAX_CHECKS:
        messages.error(request, _("This test case has as many checks as there can be."))
    else:
        try:
            services.change_case(case, name=case.name, checks=[*case.checks, form.cleaned_data])
        except UnknownNameError as error:
            messages.error(request, said(error))
    return redirect("evaluation:tests", case.graph_id)


@login_required
@require_POST
def remove_check(request: UserRequest, pk: UUID, position: int) -> HttpResponse:
    case = _case(request, pk)
    left = [check for number, check in enumerate(case.checks) if number != position]
    services.change_case(case, name=case.name, checks=left)
    return redirect("evaluation:tests", case.graph_id)


def _case(request: UserRequest, pk: UUID) -> TestCase:
    """To be changed. Raises `Http404`, and `PermissionDenied` for whoever may only look at the graph."""
    cases = TestCase.objects.filter(open_to(request.user, VIEWERS, "graph__"))
    case = get_object_or_404(cases, pk=pk)
    editable_graph(request.user, case.graph_id)
    return case


@login_required
@require_GET
def detail(request: UserRequest, pk: UUID) -> HttpResponse:
    evaluation = _own(request, pk)
    context = {"evaluation": evaluation, "table": tables.table_of(evaluation)}
    is_part = request.htmx
    return render(
        request, "evaluation/table.html" if is_part else "evaluation/detail.html", context
    )


@login_required
@require_POST
def stop(request: UserRequest, pk: UUID) -> HttpResponse:
    services.stop(_own(request, pk))
    return redirect("evaluation:detail", pk)


@login_required
@require_GET
def download(request: UserRequest, pk: UUID) -> HttpResponse:
    evaluation = _own(request, pk)
    return HttpResponse(
        tables.csv_of(evaluation),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="evaluation-{evaluation.pk}.csv"'},
    )


def _own(request: UserRequest, pk: UUID) -> Evaluation:
    evaluations = Evaluation.objects.owned_by(request.user).select_related("version", "graph")
    return get_object_or_404(evaluations, pk=pk)
