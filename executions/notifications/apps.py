"""Telling users what happened: on the pages, by e-mail, and at addresses of theirs."""

from importlib import import_module

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        """Have workers send what is due."""
        import_module("executions.notifications.courier")
