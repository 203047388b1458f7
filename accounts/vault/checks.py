"""The test button: does the provider still take this credential?"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import outbound
from accounts.vault import services
from accounts.vault.models import Credential
from accounts.vault.oauth_settings import OAuthProvider
from blocks import providers
from blocks.adapters import endpoints, model_names
from blocks.base import BlockError

_TIMEOUT = 10.0  # seconds
_REFUSED = (401, 403)


@dataclass(frozen=True)
class Verdict:
    """What the provider says; `works` is None where nobody can tell."""

    works: bool | None
    message: str


def check(credential: Credential) -> Verdict:
    """Ask the provider for something that is free. Raises `CredentialUnavailableError`."""
    secret = services.open_secret(credential)
    url = _url_of(credential)
    if not url:
        return Verdict(None, _("It can be read; how to try it without side effects is not known"))
    try:
        reply = outbound.http().request("GET", url, credential=secret, timeout=_TIMEOUT)
    except BlockError as error:
        return Verdict(None, _("The provider could not be asked: %(why)s") % {"why": error})
    said = {"status": reply.status}
    if reply.status in _REFUSED:
        return Verdict(False, _("The provider refuses it (status %(status)s)") % said)
    if reply.status // 100 != 2:
        return Verdict(None, _("The provider answered with status %(status)s") % said)
    return Verdict(True, _("The provider takes it"))


def models_of(credential: Credential) -> list[str]:
    """The models that its provider offers. Raises `BlockError` and `CredentialUnavailableError`."""
    secret = services.open_secret(credential)
    return model_names.names_at(endpoints.of_credential(secret, outbound.http()))


def _url_of(credential: Credential) -> str:
    oauth: OAuthProvider | None = settings.OAUTH_PROVIDERS.get(credential.provider)
    if oauth and oauth.check_url:
        return oauth.check_url
    if credential.base_url:
        return f"{credential.base_url}/models"
    return providers.find(credential.provider).check_url
