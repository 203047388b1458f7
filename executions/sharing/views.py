"""The buttons that share a run, and the page that everybody with the link may see."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.http import UserRequest
from executions.insight import overview
from executions.models import Execution
from executions.sharing import services


@login_required
@require_POST
def share(request: UserRequest, pk: UUID) -> HttpResponse:
    execution = get_object_or_404(Execution.objects.owned_by(request.user), pk=pk)
    services.share(execution)
    record(Action.EXPORT, actor=request.user, target=f"link to run {pk}")
    return redirect("executions:detail", pk)


@login_required
@require_POST
def unshare(request: UserRequest, pk: UUID) -> HttpResponse:
    services.unshare(get_object_or_404(Execution.objects.owned_by(request.user), pk=pk))
    return redirect("executions:detail", pk)


@require_GET
@cache_control(private=True, no_store=True)
def shared(request: HttpRequest, token: str) -> HttpResponse:
    try:
        execution = services.run_of(token)
    except Execution.DoesNotExist:
        raise Http404 from None
    context = {
        "execution": execution,
        "overview": overview.overview_of(execution),
        "inputs": overview.shown_inputs(execution),
    }
    answer = render(request, "sharing/run.html", context)
    # The address is a secret: no search engine lists it, no other site learns it.
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
