"""The pages of notifications."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import UserRequest
from accounts.lists import list_page, own_rows, several
from executions.notifications import pages, services
from executions.notifications.forms import EndpointForm, PreferencesForm
from executions.notifications.listing import VERBS, NotificationList
from executions.notifications.models import Dispatch, Endpoint, Notification
from executions.triggers.buttons import button, own

PER_PAGE = 25
UNPROCESSABLE = 422
_PAGE, _LIST = "notifications:endpoint", "notifications:list"

_find = own(Endpoint)


notification_list = list_page(
    own_rows(Notification), NotificationList, VERBS, "notifications/list.html"
)
with_several = several(own_rows(Notification), VERBS, _LIST)


@login_required
@require_POST
def mark_read(request: UserRequest) -> HttpResponse:
    services.mark_read(request.user)
    return redirect("notifications:list")


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: UserRequest) -> HttpResponse:
    form = PreferencesForm(services.preferences_of(request.user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.change_preferences(request.user, form.wants())
        messages.success(request, _("Your choice is kept."))
        return redirect("notifications:settings")
    endpoints = Endpoint.objects.owned_by(request.user).newest_first()
    context = {"form": form, "endpoints": endpoints}
    return render(request, "notifications/settings.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_endpoint(request: UserRequest) -> HttpResponse:
    form = EndpointForm(request.POST or None)
    if request.method == "POST":
        endpoint = pages.made_by(form, request.user)
        if endpoint:
            return _detail(request, endpoint, secret=services.secret_of(endpoint))
    status = UNPROCESSABLE if request.method == "POST" else None
    return render(request, "notifications/new_endpoint.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def endpoint_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    endpoint = _find(request, pk)
    if request.method != "POST":
        return _detail(request, endpoint)
    form = EndpointForm(request.POST)
    if pages.changed_by(form, endpoint):
        messages.success(request, _("The endpoint is changed."))
        return redirect(_PAGE, pk)
    return _detail(request, endpoint, status=UNPROCESSABLE, form=form)


def _detail(
    request: UserRequest, endpoint: Endpoint, *, status: int | None = None, **more: Any
) -> HttpResponse:
    rows = Dispatch.objects.filter(endpoint=endpoint).newest_first()
    initial = {name: getattr(endpoint, name) for name in EndpointForm.base_fields}
    context = {
        "endpoint": endpoint,
        "form": EndpointForm(initial=initial),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        **more,
    }
    answer = render(request, "notifications/endpoint.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


pause = button(_find, partial(services.set_paused, is_paused=True), back=_PAGE)
resume = button(_find, partial(services.set_paused, is_paused=False), back=_PAGE)
try_out = button(
    _find,
    services.try_out,
    back=_PAGE,
    message=gettext_lazy("It is on its way; the list below shows what came of it."),
)
delete = button(
    _find,
    services.delete_endpoint,
    away="notifications:settings",
    message=gettext_lazy("The endpoint is deleted."),
)


@login_required
@require_POST
def renew(request: UserRequest, pk: UUID) -> HttpResponse:
    endpoint = services.renew_endpoint(_find(request, pk))
    return _detail(request, endpoint, secret=services.secret_of(endpoint))


@login_required
@require_POST
def resend(request: UserRequest, pk: UUID) -> HttpResponse:
    dispatch = get_object_or_404(Dispatch.objects.owned_by(request.user), pk=pk)
    services.resend(dispatch)
    if dispatch.endpoint_id is None:
        return redirect("notifications:settings")
    return redirect(_PAGE, dispatch.endpoint_id)
