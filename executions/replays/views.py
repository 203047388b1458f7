"""The page that replays a run from a node on."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.errors import RunRefusedError
from accounts.http import UserRequest
from accounts.limits.middleware import limited_as
from accounts.limits.rates import RouteClass
from accounts.teams.finding import find
from executions import plans
from executions.errors import ExecutionError
from executions.models import Execution, Source
from executions.replays import services
from executions.replays.forms import ReplayForm
from graphs.errors import InvalidGraphError
from graphs.translating import said

UNPROCESSABLE = 422


@limited_as(RouteClass.EXECUTE)
@login_required
@require_http_methods(["GET", "POST"])
def replay(request: UserRequest, pk: UUID) -> HttpResponse:
    runs = Execution.objects.select_related("version__graph", "graph")
    execution = find(runs.repeatable_by(request.user), runs.visible_to(request.user), pk=pk)
    node_id = request.GET.get("node", "")
    drawing = plans.graph_of_version(execution.version_id)
    if node_id not in drawing.nodes:
        raise Http404
    firings = execution.node_executions.filter(node_id=node_id)
    firing = firings.order_by("-position").first()
    if firing is None:
        raise Http404
    form = ReplayForm(execution, firing, request.POST or None)
    if form.is_valid():
        try:
            started = services.replay(
                execution=execution,
                node_id=node_id,
                user=request.user,
                version=form.cleaned_data["version"],
                changed=form.changed_inputs(),
                source=Source.UI,
            )
        except (ExecutionError, InvalidGraphError, RunRefusedError) as error:
            form.add_error(None, said(error))
        else:
            return redirect("executions:detail", started.pk)
    context = {
        "execution": execution,
        "form": form,
        "title": drawing.nodes[node_id].title,
        "count": firings.count(),
    }
    status = UNPROCESSABLE if form.is_bound else None
    return render(request, "executions/replay_form.html", context, status=status)
