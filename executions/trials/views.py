"""The buttons that run a part of a graph; the form that asks for its inputs is that of every run."""

from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from accounts.http import UserRequest
from blocks import registry
from executions import plans
from executions.models import Execution
from executions.trials import previewing, services
from graphs import drafts, spec
from graphs.documents import NodeDocument
from graphs.errors import InvalidGraphError
from graphs.excerpts import Part
from graphs.finding import editable_graph
from graphs.models import Graph, GraphVersion
from graphs.translating import said

UNPROCESSABLE = 422


class TrialForm(forms.Form):
    """Which part of a graph is to run."""

    node = forms.CharField(max_length=100)
    part = forms.TypedChoiceField(choices=[(part.value, part.value) for part in Part], coerce=Part)


@login_required
@require_POST
def of_graph(request: UserRequest, graph_pk: UUID) -> HttpResponse:
    """For the builder: the address of the form. What runs is the draft, if there is one."""
    graph = get_object_or_404(Graph.objects.owned_by(request.user), pk=graph_pk)
    try:
        version = _trial(request, graph, drafts.drawing_of(graph=graph, user=request.user))
    except InvalidGraphError as error:
        return JsonResponse({"reason": said(error)}, status=UNPROCESSABLE)
    return JsonResponse({"address": _address(version, services.last_run(request.user, graph))})


@login_required
@require_POST
def of_run(request: UserRequest, pk: UUID) -> HttpResponse:
    """For the page of a run: to the form, filled with what the nodes had got then."""
    runs = Execution.objects.owned_by(request.user).select_related("graph__trial_of")
    execution = get_object_or_404(runs, pk=pk)
    whole = execution.graph.trial_of or execution.graph
    drawing = plans.graph_of_version(execution.version_id)
    try:
        version = _trial(request, whole, drawing)
    except InvalidGraphError as error:
        messages.error(request, said(error))
        return redirect("executions:detail", pk)
    return redirect(_address(version, execution))


@login_required
@require_POST
def preview(request: UserRequest, graph_pk: UUID) -> HttpResponse:
    """For the builder: what the node that is being edited would say or send."""
    graph, node = editable_graph(request.user, graph_pk), _drawn(request)
    block = registry.find(node.block_id)
    if block is None:
        raise Http404
    linked = request.POST.getlist("linked")
    firing = previewing.newest_firing(graph, request.user, node.id)
    got = firing.inputs if firing else {}
    shown = previewing.preview(block, node, linked, got, request.user.timezone)
    context = {"preview": shown, "firing": linked and firing, "linked": linked}
    return render(request, "executions/preview.html", context)


def _drawn(request: UserRequest) -> spec.Node:
    try:
        node = NodeDocument.model_validate_json(request.POST.get("node", ""))
    except ValidationError:
        raise BadRequest("Send the node as graphs have it, as JSON, in the field node") from None
    return spec.Node(node.id, node.block_id, node.input_default, node.metadata)


def _trial(request: UserRequest, graph: Graph, drawing: spec.Graph) -> GraphVersion:
    form = TrialForm(request.POST)
    if not form.is_valid():
        raise BadRequest(
            "Name a node, and the part of the graph that is to run: node, before or after"
        )
    node_id, part = form.cleaned_data["node"], form.cleaned_data["part"]
    try:
        return services.make_trial(graph=graph, drawing=drawing, node_id=node_id, part=part)
    except KeyError:
        raise Http404 from None


def _address(version: GraphVersion, known: Execution | None) -> str:
    query = {"version": version.version} | ({"from": known.pk} if known else {})
    return f"{reverse('executions:start', args=[version.graph_id])}?{urlencode(query)}"
