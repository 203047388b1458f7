"""The page of one's passkeys, and the way in by one."""

from typing import Any

from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import passkeys
from accounts.errors import PasskeyError
from accounts.http import UserRequest
from accounts.identity.forms import (
    MadePasskeyForm,
    NewPasskeyForm,
    PasswordConfirmation,
    UsedPasskeyForm,
)
from accounts.limits.middleware import limited_as
from accounts.limits.rates import RouteClass
from accounts.models import User

_REMOVE = "remove"  # before the names of the second form of a page


@limited_as(RouteClass.AUTH)
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Has the browser asked for a passkey, and lets in whose it is."""
    if request.method == "GET" or isinstance(request.user, User):
        return redirect("account_login")
    form = UsedPasskeyForm(request.POST if "credential" in request.POST else None)
    if form.is_valid():
        try:
            found = passkeys.used(form.cleaned_data["credential"])
        except PasskeyError as error:
            form.add_error(None, str(error))
        else:
            login = Login(user=found.user, redirect_url=get_next_redirect_url(request))
            answer: HttpResponse = perform_passwordless_login(request, found, login)
            return answer
    context = {"form": form, "options": passkeys.begin_login()}
    return render(request, "account/passkey.html", context)


@login_required
@require_GET
def passkey_list(request: UserRequest) -> HttpResponse:
    return _show(request)


@login_required
@limited_as(RouteClass.AUTH)
@require_POST
def begin(request: UserRequest) -> HttpResponse:
    form = NewPasskeyForm(request.POST, user=request.user)
    if not form.is_valid():
        return _show(request, new_form=form)
    begun = passkeys.begin(request.user)
    made = MadePasskeyForm(initial={"setup": begun["setup"], "name": form.cleaned_data["name"]})
    context = {"form": made, "options": begun["options"]}
    return render(request, "accounts/new_passkey.html", context)


@login_required
@limited_as(RouteClass.AUTH)
@require_POST
def add(request: UserRequest) -> HttpResponse:
    form = MadePasskeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Your browser has made no passkey."))
        return redirect("accounts:passkeys")
    given = form.cleaned_data
    try:
        passkeys.add(
            request.user, setup=given["setup"], name=given["name"], answer=given["credential"]
        )
    except PasskeyError as error:
        messages.error(request, str(error))
    else:
        get_adapter().send_notification_mail("mfa/email/webauthn_added", request.user)
        messages.success(request, _("The passkey is added."))
    return redirect("accounts:passkeys")


@login_required
@limited_as(RouteClass.AUTH)
@require_POST
def remove(request: UserRequest, pk: int) -> HttpResponse:
    form = PasswordConfirmation(request.POST, user=request.user, prefix=_REMOVE)
    if not passkeys.passkeys_of(request.user).filter(pk=pk).exists():
        raise Http404
    if not form.is_valid():
        return _show(request, confirm_form=form)
    passkeys.remove(request.user, pk)
    get_adapter().send_notification_mail("mfa/email/webauthn_removed", request.user)
    messages.success(request, _("The passkey is removed."))
    return redirect("accounts:passkeys")


def _show(request: UserRequest, **more: Any) -> HttpResponse:
    context = {
        "passkeys": passkeys.passkeys_of(request.user),
        "new_form": NewPasskeyForm(user=request.user),
        "confirm_form": PasswordConfirmation(user=request.user, prefix=_REMOVE),
    }
    return render(request, "accounts/passkeys.html", context | more)
