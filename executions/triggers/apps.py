"""What starts runs beside people: requests that may be repeated, presets, schedules, webhooks."""

from importlib import import_module

from django.apps import AppConfig


class TriggersConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.triggers"
    verbose_name = "Triggers"

    def ready(self) -> None:
        """Have presets and schedules go along with their graph."""
        packing = import_module("executions.triggers.packing")
        companions = import_module("graphs.companions")
        for companion in (packing.Presets(), packing.Schedules()):
            companions.register(companion)
