"""The pages of schedules, and of the presets beside them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import RunRefusedError
from accounts.http import UserRequest
from executions.triggers import schedules, timers
from executions.triggers.models import Preset, Schedule, Tick
from executions.triggers.pages import schedule_page
from graphs.errors import InvalidGraphError
from graphs.finding import editable_version
from graphs.models import GraphVersion
from graphs.pages import number_in
from graphs.translating import said

PER_PAGE = 25
UNPROCESSABLE = 422


@login_required
@require_GET
def schedule_list(request: UserRequest) -> HttpResponse:
    rows = Schedule.objects.owned_by(request.user).newest_first()
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "presets": Preset.objects.owned_by(request.user).newest_first()[:PER_PAGE],
    }
    return render(request, "triggers/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_schedule(request: UserRequest, graph_pk: UUID) -> HttpResponse:
    version = editable_version(request.user, graph_pk, number_in(request))
    page = schedule_page(request, version)
    schedule = page.try_to_save(request) if request.method == "POST" else None
    if schedule:
        messages.success(request, _("The schedule is made."))
        return redirect("triggers:detail", schedule.pk)
    status = UNPROCESSABLE if request.method == "POST" else None
    return render(request, "triggers/new.html", page.context(), status=status)


@login_required
@require_http_methods(["GET", "POST"])
def schedule_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    schedule = _find(request, pk)
    try:
        version = GraphVersion.objects.runnable(request.user, schedule.graph_id, schedule.version)
    except GraphVersion.DoesNotExist:
        raise Http404 from None
    page = schedule_page(request, version, schedule)
    if request.method == "POST" and page.try_to_save(request):
        messages.success(request, _("The schedule is changed."))
        return redirect("triggers:detail", pk)
    ticks = Tick.objects.filter(schedule=schedule).newest_first()
    context = {
        **page.context(),
        "upcoming": schedules.upcoming(schedule, schedules.now()),
        "page": Paginator(ticks, PER_PAGE).get_page(request.GET.get("page")),
    }
    status = UNPROCESSABLE if request.method == "POST" else None
    return render(request, "triggers/detail.html", context, status=status)


@login_required
@require_POST
def pause(request: UserRequest, pk: UUID) -> HttpResponse:
    schedules.pause(_find(request, pk))
    return redirect("triggers:detail", pk)


@login_required
@require_POST
def resume(request: UserRequest, pk: UUID) -> HttpResponse:
    schedules.resume(_find(request, pk))
    return redirect("triggers:detail", pk)


@login_required
@require_POST
def run(request: UserRequest, pk: UUID) -> HttpResponse:
    try:
        execution = timers.run_now(_find(request, pk))
    except GraphVersion.DoesNotExist:
        messages.error(request, _("The version of this schedule is not there (any more)."))
    except (InvalidGraphError, RunRefusedError) as error:
        messages.error(request, said(error))
    else:
        return redirect("executions:detail", execution.pk)
    return redirect("triggers:detail", pk)


@login_required
@require_POST
def delete(request: UserRequest, pk: UUID) -> HttpResponse:
    _find(request, pk).delete()
    messages.success(request, _("The schedule is deleted."))
    return redirect("triggers:list")


@login_required
@require_POST
def delete_preset(request: UserRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(Preset.objects.owned_by(request.user), pk=pk).delete()
    messages.success(request, _("The preset is deleted."))
    return redirect("triggers:list")


def _find(request: UserRequest, pk: UUID) -> Schedule:
    return get_object_or_404(Schedule.objects.owned_by(request.user).select_related("user"), pk=pk)
