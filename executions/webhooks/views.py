"""The pages of webhooks."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import UserRequest
from accounts.limits.middleware import limited_as
from accounts.limits.rates import RouteClass
from accounts.lists import list_page, own_rows, several
from executions.triggers import keeping
from executions.triggers.buttons import button, own
from executions.triggers.listing import TRIGGER_VERBS, TriggerList
from executions.webhooks import receiving, services
from executions.webhooks.errors import WebhookSecretError
from executions.webhooks.forms import SecretForm, TestForm
from executions.webhooks.models import Delivery, Webhook
from executions.webhooks.pages import changed_by, form_of, made_by
from executions.webhooks.serializers import url_of
from graphs.finding import editable_version
from graphs.pages import number_in
from graphs.translating import said

PER_PAGE = 25
UNPROCESSABLE = 422
_PAGE, _LIST = "webhooks:detail", "webhooks:list"

_find = own(Webhook)


webhook_list = list_page(own_rows(Webhook), TriggerList, TRIGGER_VERBS, "webhooks/list.html")
with_several = several(own_rows(Webhook), TRIGGER_VERBS, _LIST)


@login_required
@require_http_methods(["GET", "POST"])
def new_webhook(request: UserRequest, graph_pk: UUID) -> HttpResponse:
    version = editable_version(request.user, graph_pk, number_in(request))
    form, secret_form = form_of(request), SecretForm(request.POST or None)
    if request.method == "POST":
        webhook = made_by(form, secret_form, request.user, version)
        if webhook:
            return _detail(request, webhook, secret=services.access_of(webhook).secret)
    context = {"graph": version.graph, "form": form, "secret_form": secret_form}
    status = UNPROCESSABLE if request.method == "POST" else None
    return render(request, "webhooks/new.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def webhook_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    webhook = _find(request, pk)
    form = form_of(request, webhook)
    if request.method == "POST":
        if changed_by(form, webhook):
            messages.success(request, _("The webhook is changed."))
            return redirect(_PAGE, pk)
        return _detail(request, webhook, status=UNPROCESSABLE, form=form)
    return _detail(request, webhook, form=form)


def _detail(
    request: UserRequest, webhook: Webhook, *, status: int | None = None, **more: Any
) -> HttpResponse:
    rows = Delivery.objects.filter(webhook=webhook).newest_first()
    context = {
        "webhook": webhook,
        "url": url_of(webhook, request),
        "form": form_of(request, webhook),
        "test_form": TestForm(),
        "secret_form": SecretForm(),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        **more,
    }
    answer = render(request, "webhooks/detail.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


pause = button(_find, partial(keeping.set_paused, is_paused=True), back=_PAGE)
resume = button(_find, partial(keeping.set_paused, is_paused=False), back=_PAGE)
delete = button(_find, keeping.delete, away=_LIST, message=gettext_lazy("The webhook is deleted."))


@login_required
@require_POST
def renew(request: UserRequest, pk: UUID) -> HttpResponse:
    webhook, form = _find(request, pk), SecretForm(request.POST)
    if form.is_valid():
        try:
            webhook = services.renew(webhook, form.cleaned_data["secret"])
            return _detail(request, webhook, secret=services.access_of(webhook).secret)
        except WebhookSecretError as error:
            form.add_error("secret", said(error))
    return _detail(request, webhook, status=UNPROCESSABLE, secret_form=form)


@limited_as(RouteClass.EXECUTE)
@login_required
@require_POST
def try_out(request: UserRequest, pk: UUID) -> HttpResponse:
    webhook, form = _find(request, pk), TestForm(request.POST)
    if not form.is_valid():
        return _detail(request, webhook, status=UNPROCESSABLE, test_form=form)
    try:
        receipt = receiving.try_out(webhook, form.cleaned_data["payload"])
    except receiving.REFUSALS as error:
        messages.error(request, said(error))
    else:
        if receipt.delivery.execution_id:
            return redirect("executions:detail", receipt.delivery.execution_id)
        messages.info(request, receipt.delivery.get_result_display())
    return redirect(_PAGE, pk)
