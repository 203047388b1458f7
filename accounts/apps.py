"""Who may do what, and pays."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, API keys, credits."""

    name = "accounts"
