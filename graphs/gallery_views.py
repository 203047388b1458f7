"""The gallery of templates: looking, taking one, and offering one's own."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import UserRequest
from graphs import offering, services
from graphs.errors import InvalidGraphError, NotSharedError, OthersPartsError
from graphs.finding import governed_graph
from graphs.formats.bundle import FormatError
from graphs.gallery import TEMPLATES
from graphs.models import Audience, Graph
from graphs.sharing import OfferForm
from graphs.translating import said, translated

MAX_OFFERED = 100  # of each kind; the API lists all


@login_required
@require_GET
def gallery(request: UserRequest) -> HttpResponse:
    offered = Graph.objects.offered_to(request.user).select_related("team").by_name()
    context = {
        "templates": TEMPLATES.values(),
        "of_teams": offered.filter(template_for=Audience.TEAM)[:MAX_OFFERED],
        "of_installation": offered.filter(template_for=Audience.EVERYBODY)[:MAX_OFFERED],
    }
    return render(request, "graphs/gallery.html", context)


@login_required
@require_POST
def take(request: UserRequest, slug: str) -> HttpResponse:
    template = TEMPLATES.get(slug)
    if template is None:
        raise Http404
    version = services.create_graph(
        owner=request.user,
        name=str(template.name),
        description=str(template.description),
        drawing=template.draw(),
    )
    if "tour" in request.POST:
        return redirect(f"{reverse('graphs:edit', args=[version.graph_id])}?tour")
    messages.success(request, _("It is yours now. Press Run: the sample values are filled in."))
    return redirect("graphs:detail", version.graph_id)


@login_required
@require_POST
def take_offered(request: UserRequest, pk: UUID) -> HttpResponse:
    graph = get_object_or_404(Graph.objects.offered_to(request.user), pk=pk)
    try:
        imported = offering.take(graph, request.user)
    except (InvalidGraphError, FormatError) as error:
        messages.error(request, said(error))
        return redirect("graphs:gallery")
    messages.success(request, _("It is yours now."))
    for remark in imported.remarks:
        messages.info(request, translated(remark.text))
    return redirect("graphs:detail", imported.version.graph_id)


@login_required
@require_POST
def offer(request: UserRequest, pk: UUID) -> HttpResponse:
    graph = governed_graph(request.user, pk)
    form = OfferForm(graph, request.user, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose for whom it is a template."))
        return redirect("graphs:detail", pk)
    try:
        names = offering.offer(graph, Audience(form.cleaned_data["template_for"]), by=request.user)
    except (NotSharedError, OthersPartsError) as error:
        messages.error(request, said(error))
    else:
        messages.success(request, _("It is saved for whom the graph is a template."))
        if names:
            told = _("Copies have these graphs in them, too: %(names)s")
            messages.warning(request, told % {"names": ", ".join(names)})
    return redirect("graphs:detail", pk)
