"""The pages for passwords: changing one's own, and getting back in by a link in an e-mail."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as django_views
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.limits import gate
from accounts.limits.addresses import account_of
from accounts.limits.middleware import limited_as
from accounts.limits.rates import RouteClass
from accounts.models import User
from accounts.password_forms import ChangePasswordForm, ForgottenForm, NewPasswordForm

_limited = method_decorator(limited_as(RouteClass.AUTH), name="dispatch")


@_limited
class ChangePassword(django_views.PasswordChangeView):
    """A new password for somebody who knows the old one; ends all their other logins."""

    form_class = ChangePasswordForm
    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:profile")


class _ByMail:
    """Pages that exist only where there is a mail server."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Raises `Http404`."""
        if not settings.HAS_MAIL:
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # a view's
        return response


@_limited
class Forgotten(_ByMail, django_views.PasswordResetView):
    """Asks for the address of the account."""

    form_class = ForgottenForm
    template_name = "accounts/forgotten.html"
    email_template_name = "accounts/forgotten_mail.txt"
    subject_template_name = "accounts/forgotten_subject.txt"
    success_url = reverse_lazy("accounts:link-sent")

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        """The same answer whether there is such an account or not. Raises `RateLimitedError`."""
        gate.admit(RouteClass.LOGIN, f"link:{account_of(form.cleaned_data['email'])}")
        return super().form_valid(form)


@require_GET
def link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/link_sent.html")


@_limited
class NewPassword(_ByMail, django_views.PasswordResetConfirmView):
    """Where the link leads, once; ends all logins."""

    form_class = NewPasswordForm
    template_name = "accounts/new_password.html"
    success_url = reverse_lazy("accounts:login")

    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        """To the login."""
        messages.success(self.request, _("Your password is changed. Log in with the new one."))
        return super().form_valid(form)
