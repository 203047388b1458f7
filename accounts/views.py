"""Logging in and out, and the pages about oneself: profile, credits, API keys."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from accounts import keys, services
from accounts.errors import EmailTakenError, KeyRevokedError
from accounts.forms import ApiKeyForm, ProfileForm, SignUpForm
from accounts.http import UserRequest
from accounts.limits.middleware import limited_as
from accounts.limits.rates import RouteClass
from accounts.models import ApiKey
from accounts.statement import statement

ENTRIES_PER_PAGE = 50
_KEY_VERBS: dict[str, Callable[[ApiKey], object]] = {
    "suspend": keys.suspend,
    "resume": keys.resume,
    "revoke": keys.revoke,
}


class LogIn(LoginView):
    """The login page."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        # A fragment was asked for after the session had ended: the whole page must go to the login.
        if request.headers.get("HX-Request"):
            return HttpResponseClientRefresh()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ways_in = {"signup_open": settings.SIGNUP_OPEN, "has_mail": settings.HAS_MAIL}
        return super().get_context_data(**ways_in, **kwargs)


class LogOut(LogoutView):
    """Ends the session; POST only."""


@login_required
@require_POST
def log_out_everywhere(request: UserRequest) -> HttpResponse:
    services.log_out_everywhere(request.user)
    return redirect("accounts:login")


@limited_as(RouteClass.AUTH)
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    if not settings.SIGNUP_OPEN:
        raise Http404
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            login(request, services.register(**form.cleaned_data))
            return redirect("home")
        except EmailTakenError as error:
            form.add_error("email", str(error))
    return render(request, "accounts/sign_up.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: UserRequest) -> HttpResponse:
    given = {"name": request.user.name, "timezone": request.user.timezone}
    form = ProfileForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        services.change_profile(request.user, **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


@login_required
@require_GET
def credits(request: UserRequest) -> HttpResponse:
    entries = request.user.credit_entries.order_by("-pk")
    page = Paginator(entries, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/credits.html", {"page": page})


@login_required
@require_GET
def credit_statement(request: UserRequest) -> StreamingHttpResponse:
    return statement(request.user)


@login_required
@require_http_methods(["GET", "POST"])
def api_keys(request: UserRequest) -> HttpResponse:
    form, secret = ApiKeyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("name", "permissions", "rate_limit")}
        _key, secret = keys.issue(request.user, expires_at=form.expires_at(), **given)
        form = ApiKeyForm()
    owned = ApiKey.objects.owned_by(request.user).newest_first()
    return render(
        request, "accounts/api_keys.html", {"form": form, "keys": owned, "secret": secret}
    )


@login_required
@require_POST
def change_api_key(request: UserRequest, pk: str, verb: str) -> HttpResponse:
    key = get_object_or_404(ApiKey.objects.owned_by(request.user), pk=pk)
    if verb not in _KEY_VERBS:
        raise Http404
    try:
        _KEY_VERBS[verb](key)
    except KeyRevokedError as error:
        messages.error(request, str(error))
    return redirect("accounts:api-keys")
