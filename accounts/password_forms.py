"""Setting passwords, and getting back in without one."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    PasswordChangeForm,
    PasswordResetForm,
    SetPasswordForm,
)
from django.db import transaction
from django.utils import translation

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.models import User
from accounts.post import postman

if TYPE_CHECKING:
    SetPasswordBase = SetPasswordForm[User]
    AdminPasswordBase = AdminPasswordChangeForm[User]
else:
    SetPasswordBase, AdminPasswordBase = SetPasswordForm, AdminPasswordChangeForm


class _PasswordOnly:
    """Writes the password and nothing else: the row may have got other credits since it was read."""

    def set_password_and_save(
        self, user: User, *args: Any, commit: bool = True, **kwargs: Any
    ) -> User:
        """All ways of Django's forms lead here."""
        super().set_password_and_save(user, *args, commit=False, **kwargs)  # type: ignore[misc]  # a form's
        if commit:
            with transaction.atomic():
                user.save(update_fields=["password"])
                record(Action.PASSWORD, actor=user)
        return user


class NewPasswordForm(_PasswordOnly, SetPasswordBase):
    """A password for somebody who has come by a link."""


class ChangePasswordForm(_PasswordOnly, PasswordChangeForm):
    """A password for somebody who knows the old one."""


class AdminPasswordForm(_PasswordOnly, AdminPasswordBase):
    """A password that an admin sets."""


class ForgottenForm(PasswordResetForm):
    """Sends a link to whoever has an account with this address, and tells nobody whether there is one."""

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """From a thread, because waiting for the mail server would tell it. Failures are logged."""
        language = translation.get_language()
        postman().submit(self._send, language, *args, **kwargs)

    def _send(self, language: str, *args: Any, **kwargs: Any) -> None:
        with translation.override(language):
            super().send_mail(*args, **kwargs)
