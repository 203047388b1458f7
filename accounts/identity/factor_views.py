"""The page of the second factor."""

import base64
from typing import Any

from allauth.mfa.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import second_factor
from accounts.errors import SecondFactorError
from accounts.http import UserRequest
from accounts.identity.forms import CodeConfirmation, PasswordConfirmation, SetUpForm
from accounts.limits.middleware import limited_as
from accounts.limits.rates import RouteClass


@login_required
@require_GET
def two_factor(request: UserRequest) -> HttpResponse:
    return _show(request)


@login_required
@limited_as(RouteClass.AUTH)
@require_POST
def begin(request: UserRequest) -> HttpResponse:
    form = PasswordConfirmation(request.POST, user=request.user)
    if second_factor.is_on(request.user) or not form.is_valid():
        return _show(request, begin_form=form)
    return _show_set_up(
        request, SetUpForm(initial={"setup": second_factor.begin(request.user)["setup"]})
    )


@login_required
@limited_as(RouteClass.AUTH)
@require_POST
def turn_on(request: UserRequest) -> HttpResponse:
    form = SetUpForm(request.POST)
    if not form.is_valid():
        return _show_set_up(request, form)
    try:
        codes = second_factor.turn_on(request.user, **form.cleaned_data)
    except SecondFactorError as error:
        form.add_error("code", str(error))
        return _show_set_up(request, form)
    return _show(request, codes=codes)


@login_required
@limited_as(RouteClass.AUTH)
@require_POST
def turn_off(request: UserRequest) -> HttpResponse:
    form = CodeConfirmation(request.POST, user=request.user)
    if not form.is_valid():
        return _show(request, code_form=form)
    second_factor.turn_off(request.user)
    messages.success(request, _("Two-factor authentication is off."))
    return redirect("accounts:two-factor")


@login_required
@limited_as(RouteClass.AUTH)
@require_POST
def new_codes(request: UserRequest) -> HttpResponse:
    form = CodeConfirmation(request.POST, user=request.user)
    if not form.is_valid():
        return _show(request, code_form=form)
    return _show(request, codes=second_factor.new_recovery_codes(request.user))


def _show(request: UserRequest, **more: Any) -> HttpResponse:
    context = {
        "is_on": second_factor.is_on(request.user),
        "codes_left": second_factor.recovery_codes_left(request.user),
        "begin_form": PasswordConfirmation(user=request.user),
        "code_form": CodeConfirmation(user=request.user),
    }
    return render(request, "accounts/two_factor.html", context | more)


def _show_set_up(request: UserRequest, form: SetUpForm) -> HttpResponse:
    """The secret as a picture; it is in the form, signed, so that nothing is kept of a set-up that is given up."""
    try:
        secret = second_factor.secret_in(request.user, str(form["setup"].value() or ""))
    except SecondFactorError as error:
        messages.error(request, str(error))
        return redirect("accounts:two-factor")
    url = second_factor.address_of(request.user, secret)
    picture = base64.b64encode(get_adapter().build_totp_svg(url).encode()).decode()
    context = {"form": form, "secret": secret, "picture": f"data:image/svg+xml;base64,{picture}"}
    return render(request, "accounts/two_factor_set_up.html", context)
