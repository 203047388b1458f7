"""Links that show one run to people without an account."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.sharing"
    verbose_name = "Sharing"
