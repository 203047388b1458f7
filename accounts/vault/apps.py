"""The credentials vault: secrets of users for other people's servers."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """A room of its own inside accounts: only its services read a secret."""

    name = "accounts.vault"
    verbose_name = "Vault"
