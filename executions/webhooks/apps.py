"""Webhooks in: addresses at which other programs start runs."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.webhooks"
    verbose_name = "Webhooks"
