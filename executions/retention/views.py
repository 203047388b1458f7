"""The page of one's own data."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import LastOwnerError
from accounts.http import UserRequest
from accounts.identity.forms import PasswordConfirmation
from executions.retention import erasing, exporting, services
from executions.retention.downloads import download
from executions.retention.forms import PolicyForm
from executions.retention.models import DataExport

NEWEST = 10
UNPROCESSABLE = 422


@login_required
@require_http_methods(["GET", "POST"])
def data(request: UserRequest) -> HttpResponse:
    policy = services.policy_of(request.user)
    initial = {name: getattr(policy, name) for name in services.FIELDS}
    form = PolicyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.change_policy(request.user, **form.cleaned_data)
        messages.success(request, _("Your choice is kept."))
        return redirect("retention:data")
    return _page(request, form=form)


def _page(request: UserRequest, **more: Any) -> HttpResponse:
    exports = DataExport.objects.owned_by(request.user).newest_first()[:NEWEST]
    context = {
        "exports": exports,
        "delete_form": PasswordConfirmation(user=request.user),
        "form": PolicyForm(),
        **more,
    }
    status = UNPROCESSABLE if request.method == "POST" else None
    return render(request, "retention/data.html", context, status=status)


@login_required
@require_POST
def export(request: UserRequest) -> HttpResponse:
    exporting.ask(request.user)
    messages.info(request, _("The copy is being made; you find it here in a moment."))
    return redirect("retention:data")


@login_required
@require_GET
def export_file(request: UserRequest, pk: UUID) -> StreamingHttpResponse:
    ready = DataExport.objects.owned_by(request.user).filter(status=DataExport.Status.READY)
    return download(get_object_or_404(ready, pk=pk))


@login_required
@require_POST
def delete_account(request: UserRequest) -> HttpResponse:
    form = PasswordConfirmation(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, delete_form=form)
    try:
        erasing.ask(request.user)
    except LastOwnerError as error:
        form.add_error(None, str(error))
        return _page(request, delete_form=form)
    logout(request)
    messages.success(request, _("Your account is closed, and what is in it is being deleted."))
    return redirect("account_login")
