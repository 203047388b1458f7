"""Ways of getting in."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """No tables of its own: its admin stands in for that of django-allauth."""

    name = "accounts.identity"
    label = "identity"
