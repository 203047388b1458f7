"""Webhooks in: addresses at which other programs start runs."""

from importlib import import_module

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.webhooks"
    verbose_name = "Webhooks"

    def ready(self) -> None:
        """Have webhooks go along with their graph."""
        packing = import_module("executions.webhooks.packing")
        import_module("graphs.companions").register(packing.Webhooks())
