"""The gallery of templates: looking, and taking one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import UserRequest
from graphs import services
from graphs.gallery import TEMPLATES


@login_required
@require_GET
def gallery(request: UserRequest) -> HttpResponse:
    return render(request, "graphs/gallery.html", {"templates": TEMPLATES.values()})


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
