"""The form by which an admin gives somebody a password."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.forms import AdminPasswordChangeForm

from accounts import services
from accounts.models import User

if TYPE_CHECKING:
    AdminPasswordBase = AdminPasswordChangeForm[User]
else:
    AdminPasswordBase = AdminPasswordChangeForm


class AdminPasswordForm(AdminPasswordBase):
    """Goes the one way to another password."""

    def set_password_and_save(
        self, user: User, *args: Any, commit: bool = True, **kwargs: Any
    ) -> User:
        """What Django's form calls once the password is good."""
        is_usable = self.cleaned_data["set_usable_password"]
        services.set_password(user, self.cleaned_data["password1"] if is_usable else None)
        return user
