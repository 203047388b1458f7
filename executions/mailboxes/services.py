"""What people do with mailboxes: make, change, have one looked into; the rest is in `triggers.keeping`."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.vault.models import Credential, CredentialQuerySet
from blocks.credentials import CredentialType
from executions.mailboxes.models import Mailbox
from executions.triggers import keeping, kept
from graphs.models import GraphVersion


def logins_of(user: User) -> CredentialQuerySet:
    """Their credentials with which a mailbox can be opened."""
    fitting = Credential.objects.owned_by(user).fitting(["smtp"], [CredentialType.USER_PASSWORD])
    return fitting.usable().newest_first()


def login_with(user: User, credential_id: UUID) -> Credential:
    """The one with this id. Raises `ValidationError` where it is none of theirs."""
    found = logins_of(user).filter(pk=credential_id).first()
    if found is None:
        message = _("There is no such credential for mail servers.")
        raise ValidationError({"credential_id": message})
    return found


@transaction.atomic
def create_mailbox(
    *, user: User, version: GraphVersion, is_pinned: bool, values: Mapping[str, Any]
) -> Mailbox:
    """Have runs start by mails from now on. Raises `InvalidGraphError`."""
    mailbox = Mailbox(user=user, graph_id=version.graph_id)
    return _put(mailbox, version, is_pinned, values, "create")


@transaction.atomic
def change_mailbox(
    mailbox: Mailbox, version: GraphVersion, *, is_pinned: bool, values: Mapping[str, Any]
) -> Mailbox:
    """Replace what it does. Raises as `create_mailbox` does."""
    return _put(keeping.locked(mailbox), version, is_pinned, values, "change")


def look_now(mailbox: Mailbox) -> Mailbox:
    """Have the next worker that is free look into it."""
    Mailbox.objects.filter(pk=mailbox.pk).update(look_at=Now())
    mailbox.refresh_from_db(fields=["look_at"])
    return mailbox


def _put(
    mailbox: Mailbox, version: GraphVersion, is_pinned: bool, values: Mapping[str, Any], verb: str
) -> Mailbox:
    for name, value in values.items():
        setattr(mailbox, name, value)
    mailbox.version = version.version if is_pinned else None
    inputs, given = mailbox.inputs, mailbox.credentials_inputs
    kept.require_sound(mailbox.user, version, inputs, given, is_complete=False)
    mailbox.look_at, mailbox.error = Now(), ""
    mailbox.save()
    mailbox.refresh_from_db(fields=["look_at"])
    keeping.audit(mailbox, verb, server=mailbox.server)
    return mailbox
