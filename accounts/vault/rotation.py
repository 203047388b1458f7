"""Secrets beside the vault's that are encrypted with the same keys: those of the second factor."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.vault import cipher
from accounts.vault.cipher import UnreadableSecretError

_SECRETS = ("secret", "seed")


def rotate_second_factors() -> list[UUID]:
    """Encrypt them with the newest key; returns the users whose secrets no key can read."""
    unreadable = set()
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            for row in Authenticator.objects.select_for_update().filter(pk=pk):
                try:
                    _rotate(row)
                except UnreadableSecretError:
                    unreadable.add(row.user_id)
    return sorted(unreadable)


def _rotate(row: Authenticator) -> None:
    for name in _SECRETS:
        if name in row.data:
            row.data[name] = cipher.rotated(row.data[name])
    row.save(update_fields=["data"])
