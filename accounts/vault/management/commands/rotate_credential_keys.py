"""Encrypts every secret, also those of second factors, with the newest key."""

from django.core.management.base import BaseCommand, CommandError

from accounts.vault import services
from accounts.vault.rotation import rotate_second_factors


class Command(BaseCommand):
    """Afterwards the older keys may be taken out of `CREDENTIAL_KEYS`. Doing it again does no harm."""

    help = "Encrypt every secret with the first of CREDENTIAL_KEYS."

    def handle(self, **options: object) -> None:
        unreadable = services.rotate_keys()
        if unreadable:
            ids = ", ".join(map(str, unreadable))
            raise CommandError(
                f"No key of CREDENTIAL_KEYS can read the secrets of these rows: {ids}"
            )
        locked_out = rotate_second_factors()
        if locked_out:
            ids = ", ".join(map(str, locked_out))
            raise CommandError(f"No key can read the second factor of these users: {ids}")
        self.stdout.write("Every secret is encrypted with the first key now.")
