"""What a login of another site means here. It opens the account that it was connected to, or makes one if that is allowed."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import services
from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.identity import transport
from accounts.models import User


class SocialAdapter(DefaultSocialAccountAdapter):
    """An address that the other site names never opens an account that was made here: it must be connected first."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Connect what a person has asked to connect; refuse what opens nothing."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            self._connect(request, sociallogin)
            raise ImmediateHttpResponse(redirect("socialaccount_connections"))
        if not sociallogin.is_existing:
            reason = self._why_not(request, sociallogin)
            if reason:
                raise ImmediateHttpResponse(refused(request, reason))

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """The same page for everything that can go wrong on the way."""
        reason = _("The other site did not confirm who you are.")
        raise ImmediateHttpResponse(refused(request, reason))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whether the operator lets people of this site in who have no account."""
        return bool(sociallogin.provider.app.settings.get("sign_up"))

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Make an account for somebody who comes by another site for the first time."""
        with transaction.atomic():
            user = services.make_account(
                email=_address(sociallogin),
                password=None,
                name=_name(sociallogin.account),
                is_verified=sociallogin.email_addresses[0].verified,
            )
            _keep(sociallogin.account, user)
        sociallogin.user = user
        return user

    def get_requests_session(self) -> Any:
        """By the one HTTP client."""
        return transport.session()

    def _connect(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.is_existing:
            messages.error(request, _("This login is connected to an account already."))
        elif isinstance(request.user, User):
            _keep(sociallogin.account, request.user)
            messages.success(request, _("The login is connected."))

    def _why_not(self, request: HttpRequest, sociallogin: SocialLogin) -> str:
        if not self.is_open_for_signup(request, sociallogin):
            return _("Nobody has connected this login to an account here.")
        if not _address(sociallogin):
            return _("The other site does not tell your e-mail address.")
        if User.objects.filter(email=_address(sociallogin)).exists():
            return _(
                "There is an account with your e-mail address. Log in with its password and connect the other site to it."
            )
        return ""


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """A page that says why a login of another site opens nothing."""
    return render(request, "socialaccount/refused.html", {"reason": reason}, status=403)


def _address(sociallogin: SocialLogin) -> str:
    addresses = sociallogin.email_addresses
    return addresses[0].email.strip().lower() if addresses else ""


def _name(account: SocialAccount) -> str:
    """What the other site calls the person."""
    facts = account.get_provider_account().get_user_data() or {}  # type: ignore[no-untyped-call]
    return str(facts.get("name") or "")[:100]


def _keep(account: SocialAccount, user: User) -> None:
    """Only this row: the user may have got other credits since they were read."""
    account.user = user
    with transaction.atomic():
        account.save()
        record(Action.CONNECTION, actor=user, target=account.provider, verb="connect")
