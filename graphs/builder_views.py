"""The pages of the visual builder."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from accounts.http import UserRequest
from blocks import catalogue, registry
from graphs import builder_pages
from graphs.block_forms import BlockForm
from graphs.finding import editable_version
from graphs.models import Graph
from graphs.pages import number_in


@login_required
@require_GET
@ensure_csrf_cookie
def builder(request: UserRequest, pk: UUID) -> HttpResponse:
    version = editable_version(request.user, pk, number_in(request))
    is_chosen = "version" in request.GET
    context = builder_pages.builder_page(version, request.user, is_chosen=is_chosen)
    return render(request, "graphs/builder/page.html", context)


@login_required
@require_GET
def block_form(request: UserRequest, block_id: str) -> HttpResponse:
    block = registry.find(block_id)
    if block is None:
        raise Http404
    context = {
        "block": block,
        "rows": list(
            BlockForm(block, request.user, _team(request)).rows()
        ),  # here: a template would find a pin called "rows" instead
        "outputs": catalogue.output_pins(block).values(),
        "takes_any_pin": catalogue.takes_any_pin(block),
        "preview_after": catalogue.previewed_pin(block),
    }
    return render(request, "graphs/builder/block_form.html", context)


def _team(request: UserRequest) -> UUID | None:
    """Of the graph that the address names, if they may look at it."""
    try:
        graph_id = UUID(request.GET.get("graph", ""))
    except ValueError:
        return None
    graph = Graph.objects.visible_to(request.user).filter(pk=graph_id).first()
    return graph.team_id if graph else None
