"""Registers the management commands of the set-up, and the checks."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Holds no models."""

    name = "config"

    def ready(self) -> None:
        """Have Django know the checks."""
        from config import checks  # noqa: PLC0415 - the settings are there only now

        checks.register()
