"""The pages of schedules, and of the presets beside them."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import RunRefusedError
from accounts.http import UserRequest
from accounts.lists import list_page, own_rows, several
from executions.triggers import keeping, schedules, timers
from executions.triggers.buttons import button, own
from executions.triggers.listing import (
    PRESET_VERBS,
    SCHEDULE_VERBS,
    PresetList,
    ScheduleList,
)
from executions.triggers.models import Preset, Schedule, Tick
from executions.triggers.pages import schedule_page
from graphs.errors import InvalidGraphError
from graphs.finding import editable_version
from graphs.models import GraphVersion
from graphs.pages import number_in
from graphs.translating import said

PER_PAGE = 25
UNPROCESSABLE = 422
_PAGE, _LIST, _PRESETS = "triggers:detail", "triggers:list", "triggers:presets"

_find = own(Schedule)


schedule_list = list_page(own_rows(Schedule), ScheduleList, SCHEDULE_VERBS, "triggers/list.html")
with_several = several(own_rows(Schedule), SCHEDULE_VERBS, _LIST)


preset_list = list_page(own_rows(Preset), PresetList, PRESET_VERBS, "triggers/presets.html")
with_several_presets = several(own_rows(Preset), PRESET_VERBS, _PRESETS)


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
        return redirect(_PAGE, pk)
    ticks = Tick.objects.filter(schedule=schedule).newest_first()
    context = {
        **page.context(),
        "upcoming": schedules.upcoming(schedule, schedules.now()),
        "page": Paginator(ticks, PER_PAGE).get_page(request.GET.get("page")),
    }
    status = UNPROCESSABLE if request.method == "POST" else None
    return render(request, "triggers/detail.html", context, status=status)


pause = button(_find, partial(schedules.set_paused, is_paused=True), back=_PAGE)
resume = button(_find, partial(schedules.set_paused, is_paused=False), back=_PAGE)
delete = button(_find, keeping.delete, away=_LIST, message=gettext_lazy("The schedule is deleted."))
delete_preset = button(
    own(Preset),
    Preset.delete,
    away=_PRESETS,
    message=gettext_lazy("The preset is deleted."),
)


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
    return redirect(_PAGE, pk)
