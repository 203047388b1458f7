"""What starts runs beside people: requests that may be repeated, presets, schedules, webhooks."""

from django.apps import AppConfig


class TriggersConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.triggers"
    verbose_name = "Triggers"
