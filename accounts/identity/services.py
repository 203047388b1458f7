"""What programs do to get in, by the same forms as pages."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordKeyForm, UserTokenForm
from allauth.account.models import get_emailconfirmation_model
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts import services
from accounts.errors import EmailTakenError, InvalidTokenError, NoMailError, SignupClosedError
from accounts.identity.forms import (
    ChangeEmailForm,
    ForgottenForm,
    PasswordConfirmation,
    SignUpForm,
)
from accounts.models import User


def register(request: HttpRequest, *, email: str, password: str, name: str) -> User | None:
    """A new user, where no mail is sent; else None, and whoever owns the address gets a mail.

    Raises `SignupClosedError`, `ValidationError`, and `EmailTakenError` where there is no mail to say it in.
    """
    if not settings.SIGNUP_OPEN:
        raise SignupClosedError(_("Sign-up is closed here; ask an operator for an account"))
    form = SignUpForm({"email": email, "password1": password, "name": name})
    if form.has_error("email", "email_taken"):
        raise EmailTakenError(_("There is an account with this e-mail address"))
    require(form, {"password1": "password"})
    user = form.register()
    if user and settings.HAS_MAIL:
        user.emailaddress_set.get().send_confirmation(request, signup=True)
    return None if settings.HAS_MAIL else user


def verify_email(request: HttpRequest, *, key: str) -> None:
    """The address is theirs. Raises `InvalidTokenError` for a link that was used, is too old or not ours."""
    found = get_emailconfirmation_model().from_key(key)
    if found is None or not found.confirm(request):
        raise InvalidTokenError(_("This link was used before, or is older than a day"))


def send_reset(request: HttpRequest, *, email: str) -> None:
    """Send a link to whoever has an account with this address. Raises `NoMailError`."""
    require_mail()
    require(form := ForgottenForm({"email": email}))
    form.save(request)


def reset_password(*, key: str, password: str) -> None:
    """Set a new password, which ends all logins. Raises `InvalidTokenError` and `ValidationError`."""
    uid, _dash, token = key.partition("-")
    found = UserTokenForm({"uidb36": uid, "key": token})
    if not found.is_valid():
        raise InvalidTokenError(_("This link was used before, or is older than an hour"))
    given = {"password1": password, "password2": password}
    require(form := ResetPasswordKeyForm(given, user=found.reset_user), {"password1": "password"})
    form.save()
    assert isinstance(found.reset_user, User)
    get_adapter().send_notification_mail("account/email/password_reset", found.reset_user)


def change_password(user: User, *, current_password: str, password: str) -> None:
    """A new password, which ends all logins. Raises `ValidationError`."""
    confirm(user, current_password)
    given = {"password1": password, "password2": password}
    require(form := ResetPasswordKeyForm(given, user=user), {"password1": "password"})
    services.set_password(user, form.cleaned_data["password1"])
    get_adapter().send_notification_mail("account/email/password_changed", user)


def change_email(request: HttpRequest, user: User, **given: str) -> None:
    """Send a link to another address, which counts once it is opened. Raises `ValidationError` and `NoMailError`."""
    require_mail()
    require(form := ChangeEmailForm(data=given, user=user))
    form.save(request)


def confirm(user: User, current_password: str) -> None:
    """Raises `ValidationError` unless this is their password."""
    require(PasswordConfirmation({"current_password": current_password}, user=user))


def require_mail() -> None:
    """Raises `NoMailError` where there is no mail server."""
    if not settings.HAS_MAIL:
        raise NoMailError(_("No mail is sent from here; ask an operator"))


def require(form: forms.BaseForm, names: dict[str, str] | None = None) -> None:
    """Raises `ValidationError` with what is wrong, under the names that the API has for the fields of a form."""
    if not form.is_valid():
        errors: dict[str, Any] = {
            (names or {}).get(field, field): list(found) for field, found in form.errors.items()
        }
        raise ValidationError(errors)
