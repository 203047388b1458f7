"""The pages of getting in, as far as django-allauth's own are not right for us."""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base.views import AuthenticateView
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect.views import login as openid_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.errors import EmailTakenError
from accounts.http import UserRequest
from accounts.identity.forms import CodeForm
from accounts.identity.social_adapter import refused
from accounts.identity.transport import UnreachableError
from accounts.limits.middleware import limited_as
from accounts.limits.rates import RouteClass

View = Callable[..., HttpResponseBase]


class LogIn(account.LoginView):
    """The login page."""

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        # A fragment was asked for after the session had ended: the whole page must go to the login.
        if request.headers.get("HX-Request"):
            return HttpResponseClientRefresh()
        page: HttpResponse = super().get(request, *args, **kwargs)
        return page

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ways_in = {"signup_open": settings.SIGNUP_OPEN, "has_mail": settings.HAS_MAIL}
        return super().get_context_data(**ways_in, providers=providers(), **kwargs)


class SecondStep(AuthenticateView):
    """The page that asks for a code."""

    def _build_forms(self) -> CodeForm:
        """Whatever is sent: allauth takes what has no code for the answer of a passkey, which has a page of its own."""
        data = self.request.POST if self.request.method == "POST" else None
        form = CodeForm(user=self.stage.login.user, data=data)
        self.auth_form, self.webauthn_form = form, None
        return form


class LogOut(LogoutView):
    """Ends the session; POST only."""


def counted(view: View) -> View:
    """Counts what is sent to one of django-allauth's pages as an attempt to get in."""

    def counted_view(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return limited_as(RouteClass.AUTH)(counted_view)


def by_mail(view: View) -> View:
    """The same for a page that exists only where there is a mail server."""

    def view_by_mail(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not settings.HAS_MAIL:
            raise Http404
        return view(request, *args, **kwargs)

    return counted(view_by_mail)


@limited_as(RouteClass.AUTH)
def sign_up(request: HttpRequest) -> HttpResponseBase:
    if not settings.SIGNUP_OPEN:
        raise Http404
    try:
        return account.signup(request)
    except EmailTakenError:  # a moment ago
        messages.error(request, _("There is an account with this e-mail address."))
        return redirect("account_signup")


@limited_as(RouteClass.AUTH)
@require_http_methods(["GET", "POST"])
def log_in_elsewhere(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """A page that leads on to the other site; the way there is asked for by POST, so that no picture can begin it."""
    if provider_id not in dict(providers()):
        raise Http404
    if request.method == "GET":
        return redirect("account_login")
    try:
        answer = openid_login(request, provider_id)
    except UnreachableError:
        return refused(request, _("The other site does not answer. Try again in a moment."))
    # A link and no redirect: the policy of our pages lets forms lead to our own addresses only.
    page = render(request, "socialaccount/go.html", {"url": answer["Location"]})
    page["Refresh"] = f"0;url={answer['Location']}"
    return page


@login_required
@require_GET
def connections(request: UserRequest) -> HttpResponse:
    names = dict(providers())
    connected = SocialAccount.objects.filter(user=request.user).order_by("pk")
    context = {"connected": [(row, names.get(row.provider, row.provider)) for row in connected]}
    return render(request, "socialaccount/connections.html", context | {"providers": providers()})


@login_required
@require_POST
def disconnect(request: UserRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SocialAccount.objects.filter(user=request.user), pk=pk)
    record(Action.CONNECTION, actor=request.user, target=found.provider, verb="disconnect")
    found.delete()
    return redirect("socialaccount_connections")


def providers() -> list[tuple[str, str]]:
    """The other sites whose logins count here: (id, name)."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return [(app["provider_id"], app["name"]) for app in apps]
