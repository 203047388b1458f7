"""How accounts are kept by django-allauth: who may sign up, what is written when, how mail leaves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import services
from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.models import User
from accounts.post import post
from accounts.requests import current_request
from accounts.sessions import FACTS
from accounts.vault import cipher

_SECOND_FACTOR = "second factor"  # what the secrets of it are bound to


class AccountAdapter(DefaultAccountAdapter):
    """Everything that pages and API have in common."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether strangers may make an account."""
        return bool(settings.SIGNUP_OPEN)

    def is_safe_url(self, url: str) -> bool:
        """Whether a login may lead there: to our own pages only, also where the site has several names."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Log in, and note from where."""
        super().login(request, user)
        facts = current_request.get()
        request.session[FACTS] = {
            "address": facts.address,
            "agent": facts.agent,
            "created_at": timezone.now().isoformat(),
        }

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """The one way to another password."""
        assert isinstance(user, User)
        services.set_password(user, password)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Whether the address is theirs now; not if somebody else has taken it meanwhile."""
        try:
            with transaction.atomic():
                is_confirmed = bool(super().confirm_email(request, email_address))
                if is_confirmed:
                    record(Action.EMAIL, actor=email_address.user, target=email_address.email)
        except IntegrityError:
            return False
        return is_confirmed

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a mail in the language of who gets it, and have it sent."""
        if not settings.HAS_MAIL:
            return
        user = context.get("user")
        language = (user.language if isinstance(user, User) else "") or translation.get_language()
        with translation.override(language):
            message = self.render_mail(template_prefix, email, {"email": email, **context})
        if user is None or not user._state.adding:  # nobody but a user of ours gets one
            post(message)

    def format_email_subject(self, subject: str) -> str:
        """As the template has it."""
        return str(subject)

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the audit log has it."""
        return current_request.get().address


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps secrets encrypted, as those of the vault."""

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Whether a code is asked for after the password; a passkey is a way in of its own and turns nothing on."""
        return bool(super().is_mfa_enabled(user, [Authenticator.Type.TOTP]))

    def encrypt(self, text: str) -> str:
        """As it lies in the database."""
        return cipher.encrypt(_SECOND_FACTOR, {"text": text})

    def decrypt(self, encrypted_text: str) -> str:
        """Raises `UnreadableSecretError`."""
        return str(cipher.decrypt(_SECOND_FACTOR, encrypted_text)["text"])
