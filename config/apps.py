"""Registers the management commands of the set-up, and the checks."""

from django.apps import AppConfig
from django.conf import settings


class ConfigConfig(AppConfig):
    """Holds no models."""

    name = "config"

    def ready(self) -> None:
        """Have Django know the checks, and Sentry and OpenTelemetry of this process."""
        from config import checks, faults, safety  # noqa: PLC0415 - the settings are there only now
        from executions import tracing  # noqa: PLC0415 - as above

        safety.require_safe(settings)
        checks.register()
        if settings.SENTRY_DSN:
            faults.start(settings.SENTRY_DSN, settings.VERSION)
        if settings.TRACES_URL:
            tracing.start(settings.TRACES_URL, settings.VERSION)
