"""What people do with webhooks: make, change, give a new address and secret; the rest is in `triggers.keeping`."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.vault import cipher
from executions.triggers import keeping, kept
from executions.webhooks import conditions, signing
from executions.webhooks.models import Webhook
from graphs.models import GraphVersion


@dataclass(frozen=True, slots=True)
class Access:
    """What a sender must know."""

    token: str
    secret: str


def access_of(webhook: Webhook) -> Access:
    """Its token and secret. Raises `UnreadableSecretError` when the keys of the vault are gone."""
    return Access(**cipher.decrypt(webhook.pk, webhook.secret))


def hash_of(token: str) -> str:
    """What the table knows of a token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


@transaction.atomic
def create_webhook(
    *,
    user: User,
    version: GraphVersion,
    is_pinned: bool,
    values: Mapping[str, Any],
    secret: str = "",
) -> Webhook:
    """Make a webhook from its fields, with this secret or a new one.

    Raises `InvalidGraphError`, `FilterError` and `WebhookSecretError`.
    """
    webhook = Webhook(user=user, graph_id=version.graph_id)
    _seal(webhook, secret)
    return _put(webhook, version, is_pinned, values, "create")


@transaction.atomic
def change_webhook(
    webhook: Webhook, version: GraphVersion, *, is_pinned: bool, values: Mapping[str, Any]
) -> Webhook:
    """Replace what it does; address and secret stay. Raises as `create_webhook` does."""
    return _put(keeping.locked(webhook), version, is_pinned, values, "change")


@transaction.atomic
def renew(webhook: Webhook, secret: str = "") -> Webhook:
    """Give it another address, and this secret or a new one. Raises `WebhookSecretError`."""
    webhook = keeping.locked(webhook)
    _seal(webhook, secret)
    webhook.save(update_fields=["secret", "token_hash", "updated_at"])
    keeping.audit(webhook, "renew")
    return webhook


def _put(
    webhook: Webhook,
    version: GraphVersion,
    is_pinned: bool,
    values: Mapping[str, Any],
    verb: str,
) -> Webhook:
    for name, value in values.items():
        setattr(webhook, name, value)
    webhook.version = version.version if is_pinned else None
    conditions.require_usable(webhook.condition)
    inputs, given = webhook.inputs, webhook.credentials_inputs
    kept.require_sound(webhook.user, version, inputs, given, is_complete=False)
    webhook.save()
    keeping.audit(webhook, verb, signature=webhook.signature)
    return webhook


def _seal(webhook: Webhook, secret: str) -> None:
    if secret:
        signing.require_usable(secret)
    access = {"token": secrets.token_urlsafe(32), "secret": secret or signing.new_secret()}
    webhook.secret = cipher.encrypt(webhook.pk, access)
    webhook.token_hash = hash_of(access["token"])
