"""Vectors in the name of a user's own account: which credentials can be asked for them, and opening that of a collection."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.errors import CredentialUnavailableError
from accounts.models import User
from accounts.vault import services as vault
from accounts.vault.models import Credential, CredentialQuerySet
from blocks.adapters.embeddings import OFFLINE_MODEL
from blocks.credentials import CredentialType, Secret, unavailable
from blocks.providers import EMBEDDERS
from executions.attempts.connections import freed
from executions.knowledge.models import Collection

_USE = "knowledge"  # where the log of uses has the id of a block


def accounts_of(user: User) -> CredentialQuerySet:
    """Their credentials that can be asked for vectors."""
    fitting = Credential.objects.owned_by(user).fitting(EMBEDDERS, [CredentialType.API_KEY])
    return fitting.usable().newest_first()


def account_with(user: User, credential_id: UUID | None) -> Credential | None:
    """The one with this id. Raises `ValidationError` where it is none of theirs."""
    found = accounts_of(user).filter(pk=credential_id).first() if credential_id else None
    if credential_id and found is None:
        message = _("There is no such credential that can be asked for vectors.")
        raise ValidationError({"credential_id": message})
    return found


def check_model(model: str, credential: Credential | None) -> None:
    """Raises `ValidationError` for an account that nothing would be asked of."""
    if credential and model in {"", OFFLINE_MODEL}:
        raise ValidationError({"model": _("Say which model of your account makes the vectors.")})


def secret_for(collection: Collection, given: Secret | None) -> Secret | None:
    """What is given, else the account of the collection; None for the installation's. Raises `BlockError`."""
    if given or collection.credential_id is None or collection.model == OFFLINE_MODEL:
        return given
    try:
        with freed():
            return vault.open_for(collection.owner_id, collection.credential_id, vault.Use(_USE))
    except CredentialUnavailableError as error:
        raise unavailable(str(error), retryable=error.retryable) from error
