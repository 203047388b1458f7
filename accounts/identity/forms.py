"""What people fill in to get in. Pages show these forms, and the API reads its bodies with them."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import AddEmailForm, LoginForm, ResetPasswordForm, SignupForm
from allauth.mfa.base.forms import AuthenticateForm
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import second_factor, services
from accounts.errors import EmailTakenError, SecondFactorError
from accounts.limits import gate
from accounts.limits.addresses import account_of
from accounts.limits.rates import RouteClass
from accounts.models import User


def _count_mail(email: str) -> None:
    """Nobody's mailbox is flooded, and the limit does not tell who has an account. Raises `RateLimitedError`."""
    gate.admit(RouteClass.LOGIN, f"mail:{account_of(email)}")


class _OwnWords:
    """Says it as the other forms of the product do: no text stands in a field."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in {"login", "email"}:
                field.label = _("E-mail")


class LogInForm(_OwnWords, LoginForm):
    """The first step of a login."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""  # the page has the link


class SignUpForm(_OwnWords, SignupForm):
    """An account of one's own."""

    field_order = ("email", "name", "password1")
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _("At least 8 characters.")

    def clean_email(self) -> str:
        """The address; what happens with one that has an account is decided later."""
        _count_mail(self.cleaned_data["email"])
        return str(super().clean_email())

    def try_save(self, request: HttpRequest) -> tuple[User | None, Any]:
        """The new user; none for an address that has an account, and the page that is shown then."""
        user = self.register()
        if user is None:
            return None, get_adapter().respond_email_verification_sent(request, None)
        return user, None

    def register(self) -> User | None:
        """The new user; none for an address that has an account, whose owner gets a mail instead.

        Raises `EmailTakenError` where there is no mail to say it in.
        """
        try:
            return self._make()
        except EmailTakenError:  # perhaps by somebody who was a moment faster
            if not settings.HAS_MAIL:
                raise
            get_adapter().send_account_already_exists_mail(self.cleaned_data["email"])
            return None

    def _make(self) -> User:
        given = self.cleaned_data
        if self.account_already_exists:
            make_password(given["password1"])  # takes as long as making an account
            raise EmailTakenError
        return services.make_account(
            email=given["email"], password=given["password1"], name=given["name"]
        )


class ForgottenForm(_OwnWords, ResetPasswordForm):
    """Sends a link to whoever has an account with this address, and tells nobody whether there is one."""

    def clean_email(self) -> str:
        """The address. Where nobody has it, a mail is written to a stranger, and not sent: that takes the same time."""
        _count_mail(self.cleaned_data["email"])
        email = str(super().clean_email())
        self.users = self.users or [User()]  # without an address: allauth would keep it
        return email


class PasswordConfirmation(forms.Form):
    """Asks for the password again, so that a browser that was left open is not enough."""

    current_password = forms.CharField(
        label=gettext_lazy("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_current_password(self) -> str:
        """Raises `ValidationError` for a wrong one, and `RateLimitedError` after many."""
        gate.admit(RouteClass.LOGIN, account_of(self.user.email))
        if not self.user.has_usable_password():
            raise forms.ValidationError(_("Set a password first."))
        if not self.user.check_password(self.cleaned_data["current_password"]):
            raise forms.ValidationError(_("This is not your password."))
        return str(self.cleaned_data["current_password"])


class ChangeEmailForm(_OwnWords, PasswordConfirmation, AddEmailForm):  # type: ignore[misc]  # one `user`
    """Another address, which counts once the link in the mail to it is opened."""

    field_order = ("email", "current_password")

    def clean_email(self) -> str:
        """The address."""
        _count_mail(self.cleaned_data["email"])
        return str(super().clean_email())


class CodeForm(AuthenticateForm):
    """The second step of a login."""

    def clean_code(self) -> str:
        """Raises `ValidationError` for a wrong code, and `RateLimitedError` after many."""
        code = str(self.cleaned_data["code"])
        try:
            self.authenticator = second_factor.use(self.user, code)
        except SecondFactorError as error:
            raise forms.ValidationError(str(error)) from error
        return code


class CodeConfirmation(PasswordConfirmation):
    """What turns the second factor off, or makes new recovery codes."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def clean(self) -> dict[str, Any]:
        """The code is used up only if the password is right."""
        given = super().clean() or {}
        if not self.errors:
            try:
                second_factor.use(self.user, given["code"])
            except SecondFactorError as error:
                self.add_error("code", str(error))
        return given


class SetUpForm(forms.Form):
    """The first code of an authenticator app."""

    setup = forms.CharField(widget=forms.HiddenInput, max_length=1_000)
    code = forms.CharField(
        label=gettext_lazy("Code of the app"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class NewPasskeyForm(PasswordConfirmation):
    """What a passkey is called, before the browser is asked to make it."""

    field_order = ("name", "current_password")
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("How you will know it, such as “work laptop”."),
    )


class UsedPasskeyForm(forms.Form):
    """What the browser says for a passkey."""

    credential = forms.CharField(widget=forms.HiddenInput, max_length=20_000)


class MadePasskeyForm(UsedPasskeyForm):
    """What the browser says for one that it has made."""

    setup = forms.CharField(widget=forms.HiddenInput, max_length=1_000)
    name = forms.CharField(widget=forms.HiddenInput, max_length=100)
